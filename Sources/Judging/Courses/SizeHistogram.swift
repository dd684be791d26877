/// Counts of values by their size, in classes of about three in a hundred. It is bounded whatever it is given, and a
/// value costs O(1).
package struct SizeHistogram: Sendable, Hashable {
    private var counts: [UInt32] = []
    /// How many values.
    package private(set) var count = 0
    /// The least value; 0 without values.
    package private(set) var least: Int64 = 0
    /// The greatest value; 0 without values.
    package private(set) var greatest: Int64 = 0
    /// How many of the values are 0.
    package var zeros: Int { Int(counts.first ?? 0) }

    /// No value yet.
    package init() {}

    /// Adds a value; one below 0 counts as 0.
    package mutating func add(_ value: Int64) {
        let value = max(0, value)
        least = count == 0 ? value : min(least, value)
        greatest = max(greatest, value)
        let index = Self.index(of: UInt64(value))
        if index >= counts.count { counts += Array(repeating: 0, count: index + 1 - counts.count) }
        if counts[index] < .max { counts[index] += 1 }
        count += 1
    }

    /// The value that a share of the values does not exceed, by nearest rank, as exact as its class; `nil` without
    /// values.
    /// - Parameter share: from 0 to 1; 0.5 is the median.
    package func value(at share: Double) -> Int64? {
        guard count > 0 else { return nil }
        let rank = max(1, Int((Swift.min(Swift.max(share, 0), 1) * Double(count)).rounded(.up)))
        if rank == count { return greatest }
        var seen = 0
        for (index, number) in counts.enumerated() {
            seen += Int(number)
            if seen >= rank { return Int64(clamping: Self.middle(of: index)).clamped(to: least...greatest) }
        }
        return greatest
    }

    /// How many values lie between each two of some ascending bounds: from the one up to the other. A class that a
    /// bound divides counts where its middle is.
    package func counts(between bounds: [Double]) -> [Int] {
        guard bounds.count > 1 else { return [] }
        var result = [Int](repeating: 0, count: bounds.count - 1)
        var place = 0
        for (index, number) in counts.enumerated() where number > 0 {
            let middle = Double(Self.middle(of: index))
            guard middle >= bounds[0] else { continue }
            while place < result.count, middle >= bounds[place + 1] { place += 1 }
            guard place < result.count else { break }
            result[place] += Int(number)
        }
        return result
    }

    /// Classes in each doubling.
    private static let steps: UInt64 = 32

    private static func index(of value: UInt64) -> Int {
        guard value >= steps else { return Int(value) }
        let shift = 58 - value.leadingZeroBitCount
        return (shift + 1) * Int(steps) + Int(value >> UInt64(shift) & (steps - 1))
    }

    private static func middle(of index: Int) -> UInt64 {
        guard index >= Int(steps) else { return UInt64(index) }
        let shift = UInt64(index / Int(steps) - 1)
        let low = (steps + UInt64(index) % steps) << shift
        return low + (UInt64(1) << shift) / 2
    }
}

extension Int64 {
    fileprivate func clamped(to range: ClosedRange<Int64>) -> Int64 {
        Swift.min(Swift.max(self, range.lowerBound), range.upperBound)
    }
}
