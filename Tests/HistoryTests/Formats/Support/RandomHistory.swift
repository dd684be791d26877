import History
import Simulation

/// Histories of operations that need not make sense together, but use every field with every kind of number.
struct RandomHistory {
    private var random: SeededRandom
    private static let names = [
        "", "x", "user:7", "a\"b\\c/", "tab\tnewline\nreturn\r\u{1}\u{0}", "é", "e\u{301}", "日本語", "👩‍👧 \u{10FFFF}",
        "exactly8",
        "sixteen bytes!!!", "a name that is longer than two words of eight bytes", " leading and trailing ",
    ]

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    mutating func history(count: Int) -> History {
        let keys = Self.names.shuffled(using: &random)
        let tagSets = [[], ["a"], ["a", "b"], ["a", "a"], ["", "\"", "é"]]
        let operations = (0..<count).map { operation(id: $0, keys: keys.count, tagSets: tagSets.count) }
        return History(operations: operations, keys: keys, tagSets: tagSets)
    }

    /// Reads, writes and compare-and-sets as register text can express them.
    mutating func registers(count: Int) -> History {
        let keys = ["x", "user:7", "日本語", "7", "#", "-"]
        let operations = (0..<count).map { index in
            let start = number(in: Int64.min...(Int64.max - 1))
            let end = Bool.random(using: &random) ? Operation.never : number(in: start...(Int64.max - 1))
            let kind = [Operation.Kind.read, .write, .compareAndSet].randomElement(using: &random)!
            let value = kind == .read && end == Operation.never ? 0 : number(in: -9...9)
            return Operation(
                id: Int64(index + 1), kind: kind, worker: .random(in: 0...9, using: &random),
                key: .random(in: 0..<Int32(keys.count), using: &random), value: value,
                outcome: end == Operation.never ? .unknown : .ok, start: start, end: end,
                cause: kind == .compareAndSet ? number(in: -9...9) : 0)
        }
        return History(operations: operations, keys: keys)
    }

    private mutating func operation(id: Int, keys: Int, tagSets: Int) -> Operation {
        let kind = Operation.Kind.allCases.randomElement(using: &random)!
        let start = number(in: Int64.min...(Int64.max - 1))
        let needsNoKey: Set<Operation.Kind> = [.invalidateTag, .apply, .evict, .publish, .receive]
        let hasKey = !needsNoKey.contains(kind) || Bool.random(using: &random)
        let tagSet = kind == .invalidateTag ? 1 : Int32.random(in: 0..<Int32(tagSets), using: &random)
        let isComparing = kind == .compareAndSet
        let isAbsent = Bool.random(using: &random)
        let outcome = Operation.Outcome.allCases.randomElement(using: &random)!
        return Operation(
            id: Int64(id) + (Bool.random(using: &random) ? 1 : 1 << 61), kind: kind,
            instance: Int32(number(in: -1...Int64(Int32.max))), worker: Int32(number(in: -1...Int64(Int32.max))),
            key: hasKey ? .random(in: 0..<Int32(keys), using: &random) : -1, tagSet: tagSet,
            version: number(in: 0...Int64.max), value: number(in: Int64.min...Int64.max),
            layer: Layer.allCases.randomElement(using: &random)!, source: Layer.allCases.randomElement(using: &random)!,
            scope: Operation.Scope.allCases.randomElement(using: &random)!,
            outcome: outcome, start: start,
            end: Bool.random(using: &random) ? Operation.never : number(in: start...Int64.max),
            cause: isComparing && isAbsent ? 0 : number(in: (isComparing ? Int64.min : 0)...Int64.max),
            isTombstone: Bool.random(using: &random), isAbsent: isAbsent,
            isRefused: isComparing && outcome == .failed && Bool.random(using: &random))
    }

    /// The bounds, what is near to zero, and anything between them with any number of digits.
    private mutating func number(in range: ClosedRange<Int64>) -> Int64 {
        let candidates = [
            range.lowerBound, range.upperBound, 0, 1, .random(in: range, using: &random),
            Int64.random(in: range, using: &random) >> Int64.random(in: 0...63, using: &random),
        ]
        let chosen = candidates.randomElement(using: &random)!
        return range.contains(chosen) ? chosen : range.lowerBound
    }
}
