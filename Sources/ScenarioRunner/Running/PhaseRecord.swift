/// When a phase ran, and what was measured of it as a whole.
struct PhaseRecord: Sendable {
    let name: String
    /// Nanoseconds on the history's clock.
    let start: Int64
    var end: Int64
    /// Waiting is not work: it does not count in a throughput.
    let isWait: Bool
    /// Nanoseconds that each look at all layers took.
    var inspections: [Int64] = []
    /// One bulk refill of one instance each.
    var warmings: [(instance: Int, duration: Int64, coverage: Double)] = []
}
