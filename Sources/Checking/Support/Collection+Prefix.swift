extension RandomAccessCollection where Index == Int {
    /// How many elements at the beginning meet a condition that is met up to some place, and by none after it. O(log n).
    @inline(__always)
    func countOfPrefix(where isBefore: (Element) -> Bool) -> Int {
        var low = startIndex
        var high = endIndex
        while low < high {
            let middle = low + (high - low) / 2
            if isBefore(self[middle]) { low = middle + 1 } else { high = middle }
        }
        return low - startIndex
    }
}
