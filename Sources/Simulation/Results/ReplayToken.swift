/// A run as a short text, for `Simulation.replay`.
///
/// The format is `sim1-SEED-HASH-CHOICES`, with numbers in base 36. `_` separates the CHOICES. Each has the number of
/// usual decisions before it, a dot, and the chosen task. If the task has several runnable jobs, a second dot and the
/// index of the job follow. The token of a shrunk run has few choices.
public struct ReplayToken: Sendable, Hashable, CustomStringConvertible {
    /// The decisions of the run.
    public let schedule: Schedule
    /// The hash of the run's trace. A replay with another hash is another run: the program has changed.
    public let traceHash: UInt64

    init(schedule: Schedule, traceHash: UInt64) {
        self.schedule = schedule
        self.traceHash = traceHash
    }

    /// The maximum number of decisions in a token. A schedule has four bytes for each decision, so without a bound a
    /// short token could use all memory.
    static let decisions = 1 << 24

    /// Reads the text of a token.
    ///
    /// - Throws: `Malformed`, with the column of the error.
    public init(_ text: String) throws(Malformed) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 4 else {
            throw Malformed(column: 1, found: text, expected: "sim1-SEED-HASH-CHOICES")
        }
        func number(_ part: Substring, _ what: String, below bound: UInt64 = .max) throws(Malformed) -> UInt64 {
            let column = text.distance(from: text.startIndex, to: part.startIndex) + 1
            guard let number = UInt64(part, radix: 36), number <= bound else {
                throw Malformed(column: column, found: String(part), expected: "\(what), a number in base 36")
            }
            return number
        }
        guard parts[0] == "sim1" else {
            throw Malformed(column: 1, found: String(parts[0]), expected: "sim1, the version of the format")
        }
        let seed = try number(parts[1], "the seed")
        let hash = try number(parts[2], "the trace's hash")
        var unusual: [(decision: Int, code: UInt32)] = []
        var decision = 0
        for choice in parts[3].split(separator: "_") {
            let fields = choice.split(separator: ".", omittingEmptySubsequences: false)
            guard fields.count == 2 || fields.count == 3 else {
                let column = text.distance(from: text.startIndex, to: choice.startIndex) + 1
                throw Malformed(column: column, found: String(choice), expected: "USUAL.TASK or USUAL.TASK.JOB")
            }
            decision += Int(try number(fields[0], "how many usual decisions come before", below: 1 << 32))
            guard decision < Self.decisions else {
                let column = text.distance(from: text.startIndex, to: choice.startIndex) + 1
                throw Malformed(
                    column: column, found: String(choice), expected: "one of the first \(Self.decisions) decisions")
            }
            let task = try number(fields[1], "a task", below: 0xFF_FFFE)
            let job = fields.count == 3 ? try number(fields[2], "a task's job", below: 255) : 0
            unusual.append((decision, UInt32(task << 8 | job)))
            decision += 1
        }
        self.init(schedule: Schedule(seed: seed, unusual: unusual), traceHash: hash)
    }

    /// The text of the token. `init(_:)` reads it.
    public var description: String {
        var next = 0
        let choices = schedule.unusual.map { decision, code in
            defer { next = decision + 1 }
            let job = code & 0xFF == 0 ? "" : "." + String(code & 0xFF, radix: 36)
            return String(decision - next, radix: 36) + "." + String(code >> 8, radix: 36) + job
        }
        return [
            "sim1", String(schedule.seed, radix: 36), String(traceHash, radix: 36), choices.joined(separator: "_"),
        ].joined(separator: "-")
    }

    /// The error for a text that is not a token.
    public struct Malformed: Error, CustomStringConvertible {
        /// The column of the error, counted from 1.
        public let column: Int
        /// The text at the column.
        public let found: String
        /// The form that the reader expected there.
        public let expected: String

        /// The column, the text found there, and the expected form, in one line.
        public var description: String { "replay token, column \(column): found \"\(found)\", expected \(expected)" }
    }
}
