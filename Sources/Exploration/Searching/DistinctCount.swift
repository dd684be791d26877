/// Counts how many different hashes it was given, in bounded memory.
///
/// Exact until `capacity` of them are different. From then on it keeps a sample, those whose lowest bits are zero, and
/// multiplies: the standard error is about 1.2 / √capacity, 0.5 % by default. Source: Flajolet, *On Adaptive Sampling*,
/// Computing 43 (1990), which gives the idea to Wegman. Adding is O(1) on average.
struct DistinctCount: Sendable {
    private let capacity: Int
    private var sample: Set<UInt64> = []
    /// How many of the lowest bits are zero in all that is kept.
    private var level = 0

    /// - Parameter capacity: the most hashes that are kept; by default they take about 1 MB.
    init(capacity: Int = 65_536) { self.capacity = capacity }

    /// Whether nothing was left out so far.
    var isExact: Bool { level == 0 }

    var count: Int { sample.count << level }

    /// - Parameter hash: any of 2⁶⁴, all equally likely.
    mutating func insert(_ hash: UInt64) {
        guard hash.trailingZeroBitCount >= level else { return }
        sample.insert(hash)
        while sample.count > capacity {
            level += 1
            sample = sample.filter { $0.trailingZeroBitCount >= level }
        }
    }
}
