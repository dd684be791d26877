import Checking
import History
import Simulation
import TestSupport
import Testing

/// What must not matter does not, for every check and for random histories of all kinds of operations.
@Suite("Verdicts do not depend on what should not matter", .computing)
struct MetamorphicTests {
    static let checks: [any Check] = [
        Linearizable(), LinearizableByVersions(), LinearizableByZones(), LinearizableBySearch(),
        FreshAfterInvalidation(), Sessions(),
        BoundedStaleness(limit: 6), Convergence(), Expiry(lifetimes: [.l1: 5, .l2: 9, .redis: 30], tolerance: 1),
        Tags(),
        Tags(lifetimes: [.l2: 40]), Loads(), Loads(scope: .cluster), Delivery(order: .channel), Isolation(),
        Resources(limits: ["key 0": 30], finalLimits: ["key 1": 20]),
    ]
    static let seeds: Range<UInt64> = 0..<150

    @Test("Shifting all times changes nothing")
    func shifted() {
        forEachCase { check, history in
            let shifted = history.mapped { operation in
                operation.start += 1_000_000
                if operation.end != Operation.never { operation.end += 1_000_000 }
            }
            #expect(outcome(check, history) == outcome(check, shifted))
        }
    }

    @Test("Renaming the keys, or numbering them differently, changes nothing")
    func renamed() {
        // The bounds of resources go by name.
        forEachCase(where: { !($0 is Resources) }) { check, history in
            let count = Int32(history.keys.count)
            let operations = history.operations.map { operation in
                var renamed = operation
                if renamed.key >= 0 { renamed.key = count - 1 - renamed.key }
                return renamed
            }
            let renamed = History(
                operations: operations, keys: history.keys.indices.map { "renamed \($0)" }, tagSets: history.tagSets)
            #expect(outcome(check, history) == outcome(check, renamed))
        }
    }

    @Test("The order in which the operations are handed over changes nothing")
    func permuted() {
        var random = SeededRandom(seed: 3)
        forEachCase { check, history in
            let permuted = History(
                operations: history.operations.shuffled(using: &random), keys: history.keys, tagSets: history.tagSets)
            #expect(outcome(check, history) == outcome(check, permuted))
        }
    }

    @Test("Operations of a key that nothing else concerns neither hide nor make a violation of another")
    func independentKeys() {
        forEachCase { check, history in
            let one = HistoryOfEverything.make(seed: 77, keys: 1, operations: 12)
            let key = Int32(history.keys.count)
            let highest = history.operations.map(\.id).max() ?? 0
            // Only what names a key: tags, events and applications concern others too.
            let others = one.operations.filter { [.read, .write, .delete, .load].contains($0.kind) }.map { operation in
                var other = operation
                other.key = key
                other.tagSet = 0
                other.value = operation.value == 0 ? 0 : operation.value + 1_000
                other.layer = .origin
                other.id += highest
                return other
            }
            let both = History(
                operations: history.operations + others, keys: history.keys + ["alone"], tagSets: history.tagSets)
            let alone = History(operations: others, keys: history.keys + ["alone"])
            let parts = [check.examine(history), check.examine(alone)]
            #expect(check.examine(both).violationCount == parts.map(\.violationCount).reduce(0, +))
        }
    }

    @Test(
        "Narrowing an interval never makes a violation of linearizability a pass",
        arguments: SmallHistory.Naming.allCases)
    func narrowed(naming: SmallHistory.Naming) {
        let checks: [any Check] = [
            naming == .versions
                ? LinearizableByVersions(maximumViolations: 0) : LinearizableByZones(maximumViolations: 0),
            LinearizableBySearch(maximumViolations: 0),
        ]
        for seed in 0..<UInt64(1_500) {
            var random = SeededRandom(seed: seed)
            let history = SmallHistory.random(naming, seed: seed)
            var narrower = history
            let index = narrower.steps.indices.randomElement(using: &random)!
            let step = narrower.steps[index]
            let end = step.end == Operation.never ? step.start + 20 : step.end
            let start = Int64.random(in: step.start...end, using: &random)
            narrower.steps[index].start = start
            narrower.steps[index].end = Int64.random(in: start...end, using: &random)
            for check in checks where check.examine(history.history(naming)).verdict == .violation {
                #expect(check.examine(narrower.history(naming)).verdict == .violation, "\(history)")
            }
        }
    }

    private func forEachCase(where isMeant: (any Check) -> Bool = { _ in true }, _ body: (any Check, History) -> Void) {
        for check in Self.checks where isMeant(check) {
            for seed in Self.seeds { body(check, HistoryOfEverything.make(seed: seed, keys: 3, operations: 60)) }
        }
    }

    private struct Outcome: Equatable {
        let verdict: Verdict
        let examined: Int
        let violations: Int
        let proofs: [[Int64]]
    }

    /// Everything of a report but its words. Where proofs are equally good, which of them is kept may depend on the
    /// order.
    private func outcome(_ check: any Check, _ history: History) -> Outcome {
        let report = check.examine(history)
        let isComplete = report.violationCount == report.violations.count
        return Outcome(
            verdict: report.verdict, examined: report.examined, violations: report.violationCount,
            proofs: isComplete
                ? report.violations.map { $0.operations.map(\.id).sorted() }.sorted { $0.lexicographicallyPrecedes($1) }
                : [])
    }
}

extension History {
    func mapped(_ change: (inout Operation) -> Void) -> History {
        let operations = operations.map { operation in
            var changed = operation
            change(&changed)
            return changed
        }
        return History(operations: operations, keys: keys, tagSets: tagSets)
    }
}
