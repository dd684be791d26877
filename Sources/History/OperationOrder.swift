/// Puts operations in the order of a history: by start, ties by id.
///
/// An operation is large, so that what is sorted is where they are, and each of them is moved once.
enum OperationOrder {
    /// O(n) for operations that are in order, or whose ids rise as those of a recorder do; O(n log n) for all others.
    static func sorted(_ operations: [Operation]) -> [Operation] {
        var isSorted = true
        var idsRise = true
        var (least, greatest) = (Int64.max, Int64.min)
        var (start, id) = (Int64.min, Int64.min)
        for operation in operations {
            if (operation.start, operation.id) < (start, id) { isSorted = false }
            if operation.id < id { idsRise = false }
            (start, id) = (operation.start, operation.id)
            least = min(least, start)
            greatest = max(greatest, start)
        }
        if isSorted { return operations }
        guard idsRise, operations.count <= Int32.max else {
            return operations.indices.sorted {
                (operations[$0].start, operations[$0].id) < (operations[$1].start, operations[$1].id)
            }.map { operations[$0] }
        }
        let range = UInt64(bitPattern: greatest &- least)
        return byStart(operations, least: least, bits: UInt64.bitWidth - range.leadingZeroBitCount)
    }

    /// A radix sort, the least significant digits first. It is stable, so that operations that start together stay in
    /// the order of their ids.
    private static func byStart(_ operations: [Operation], least: Int64, bits: Int) -> [Operation] {
        typealias Place = (offset: UInt64, position: Int32)
        let digitBits = 11
        let mask = UInt64(1) << digitBits - 1
        var places = operations.indices.map { position -> Place in
            (UInt64(bitPattern: operations[position].start &- least), Int32(position))
        }
        var next = places
        for shift in stride(from: 0, to: bits, by: digitBits) {
            var offsets = [Int](repeating: 0, count: 1 << digitBits)
            for place in places { offsets[Int(place.offset >> shift & mask)] += 1 }
            var sum = 0
            for digit in offsets.indices { (offsets[digit], sum) = (sum, sum + offsets[digit]) }
            for place in places {
                let digit = Int(place.offset >> shift & mask)
                next[offsets[digit]] = place
                offsets[digit] += 1
            }
            swap(&places, &next)
        }
        return places.map { operations[Int($0.position)] }
    }
}
