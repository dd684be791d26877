/// The decisions of a run. With the program and the seed they are the whole run.
public struct Schedule: Sendable, Hashable {
    /// Of the run; decides `Simulation.random`.
    public let seed: UInt64
    /// A `Choice` for each decision. Decisions that are missing at the end are `usual`.
    let codes: [UInt32]

    init(seed: UInt64, codes: [UInt32]) {
        self.seed = seed
        self.codes = codes
    }

    /// How often there was a choice.
    public var decisions: Int { codes.count }

    /// The decisions that were not the usual ones, by their number.
    var unusual: [(decision: Int, code: UInt32)] {
        codes.enumerated().filter { $0.element != Choice.usual.code }.map { ($0.offset, $0.element) }
    }

    init(seed: UInt64, unusual: [(decision: Int, code: UInt32)]) {
        var codes = [UInt32](repeating: Choice.usual.code, count: (unusual.map(\.decision).max() ?? -1) + 1)
        for (decision, code) in unusual { codes[decision] = code }
        self.init(seed: seed, codes: codes)
    }
}
