import History
import Simulation

/// Random histories of few keys on which much happens at once, made to meet every case that a streaming check tells
/// apart: unknown and failed writes, versions never learnt, deletes, tags, invalidations, applications before, during
/// and after what they apply, ties, reads that are fresh, a little stale, or of what nobody wrote.
enum CrowdedHistory {
    private static let tagSets: [[String]] = [[], ["a"], ["b"], ["a", "b"], ["c"], ["d"], ["e"]]
    private static let keys = 2

    /// Operations last at least one nanosecond. Every eighth history has a key with values instead of versions, every
    /// fourth is about tags: writes promise nothing, and reads may be much too old.
    static func make(seed: UInt64, operations count: Int) -> History {
        var random = SeededRandom(seed: seed)
        var versions = [Int64](repeating: 0, count: keys)
        var operations: [Operation] = []
        var moment: Int64 = 10
        let isAboutTags = seed % 4 == 3
        for number in 1...count {
            moment += Int64.random(in: 0...4, using: &random)
            let chance = Int.random(in: 0..<100, using: &random)
            let kind: Operation.Kind =
                switch chance {
                case 65... where isAboutTags: .invalidateTag
                case 40... where isAboutTags: .write
                case 0..<45: .read
                case 45..<60: .write
                case 60..<63: .delete
                case 63..<71: .invalidate
                case 71..<79: .invalidateTag
                case 79..<93: .apply
                default: .load
                }
            var operation = Operation(
                id: Int64(number), kind: kind, start: moment - Int64.random(in: 0...5, using: &random),
                end: moment + Int64.random(in: 1...9, using: &random))
            operation.instance = Int32.random(in: 0...2, using: &random)
            operation.worker = operation.instance * 2 + Int32.random(in: 0...1, using: &random)
            operation.outcome = [.failed, .unknown].randomElement(using: &random).map {
                Int.random(in: 0..<6, using: &random) == 0 ? $0 : .ok
            }!
            fill(&operation, &versions, operations, &random)
            if isAboutTags { makeAboutTags(&operation, &random) }
            operations.append(operation)
        }
        if seed % 8 == 0 { useValues(&operations) }
        return History(operations: operations, keys: (0..<keys).map { "key \($0)" }, tagSets: tagSets)
    }

    private static func fill(
        _ operation: inout Operation, _ versions: inout [Int64], _ before: [Operation], _ random: inout SeededRandom
    ) {
        operation.scope = Operation.Scope.allCases.randomElement(using: &random)!
        if operation.kind == .invalidateTag {
            operation.tagSet = Int32.random(in: 1...3, using: &random)
            return
        }
        if operation.kind == .apply {
            let raisers = before.suffix(8).filter { $0.scope == .instance && $0.kind != .read }
            guard let cause = raisers.randomElement(using: &random) else { return }
            operation.cause = cause.id
            operation.start = cause.start + Int64.random(in: -3...12, using: &random)
            operation.end = max(operation.start, cause.start) + Int64.random(in: 1...6, using: &random)
            return
        }
        operation.key = Int32.random(in: 0..<Int32(keys), using: &random)
        let key = Int(operation.key)
        switch operation.kind {
        case .write, .delete:
            operation.isTombstone = operation.kind == .delete
            let isRepeated = Int.random(in: 0..<40, using: &random) == 0
            let next = isRepeated ? max(1, versions[key]) : versions[key] + 1
            operation.version = next
            guard operation.outcome != .ok else {
                versions[key] = next
                return
            }
            let hasHappened = operation.outcome == .unknown && Bool.random(using: &random)
            if hasHappened || Int.random(in: 0..<4, using: &random) == 0 { versions[key] = next }
            if operation.outcome == .unknown {
                if Bool.random(using: &random) { operation.version = 0 }
                if Bool.random(using: &random) { operation.end = Operation.never }
            }
        case .read:
            operation.tagSet = Int32.random(in: 0...3, using: &random)
            let difference = Int.random(in: 0..<20, using: &random)
            operation.version = max(
                0, versions[key] + (difference == 0 ? 1 : difference < 3 ? -1 : difference < 4 ? -2 : 0))
        default: break
        }
    }

    private static func makeAboutTags(_ operation: inout Operation, _ random: inout SeededRandom) {
        switch operation.kind {
        case .write: operation.scope = .none
        case .read:
            operation.tagSet = Int32.random(in: 1..<Int32(tagSets.count), using: &random)
            operation.version = max(0, operation.version - Int64.random(in: 0...5, using: &random))
        default: operation.tagSet = Int32.random(in: 1..<Int32(tagSets.count), using: &random)
        }
    }

    private static func useValues(_ operations: inout [Operation]) {
        for index in operations.indices where operations[index].key == 0 {
            operations[index].value = operations[index].version
            operations[index].version = 0
        }
    }
}
