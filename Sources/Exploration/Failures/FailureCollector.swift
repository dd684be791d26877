import Checking
import History
import Judging
import Scenarios
import Simulation
import Support

/// Shrinks the failing runs of a search, and tells apart those that differ.
///
/// Many runs fail alike. Of a group, runs are shrunk in order of their numbers until three in a row have shrunk to
/// something that is known already. So a failure that is much rarer than others of its group may stay unseen.
struct FailureCollector {
    let configuration: ScenarioExplorer.Configuration
    let scenario: Scenario
    let program: ExploredProgram

    private static let knownInARow = 3

    init(_ configuration: ScenarioExplorer.Configuration, _ scenario: Scenario, _ program: ExploredProgram) {
        self.configuration = configuration
        self.scenario = scenario
        self.program = program
    }

    /// - Returns: one failure if not all are asked for, else all that are distinct, the shortest to read first.
    /// - Throws: `SimulationError` if no simulation is possible here.
    func collect(_ found: FoundRuns) throws -> [FoundFailure] {
        guard configuration.findsAll else {
            let first = found.runs.values.compactMap(\.first).min { $0.number < $1.number }
            guard let first, var failure = try shrink(first, to: nil) else { return [] }
            failure.seen = found.count
            return [failure]
        }
        let groups = found.runs.sorted { Self.order($0.key, $0.value) < Self.order($1.key, $1.value) }
        let collected = Lock<[Result<[FoundFailure], any Error>]>(groups.map { _ in .success([]) })
        OwnThreads.perform(iterations: groups.count) { [self] index in
            let failures = Result { try shrinkGroup(groups[index].value, to: groups[index].key.kind) }
            collected.withLock { $0[index] = failures }
        }
        var distinct: [FailureShape: FoundFailure] = [:]
        for (group, failures) in zip(groups, collected.withLock { $0 }) {
            for var failure in try failures.get() {
                failure.seen = found.counts.reduce(0) { $1.key.kind == group.key.kind ? $0 + $1.value : $0 }
                if let known = distinct[failure.shape], !FoundFailure.shorter(failure, known) { continue }
                distinct[failure.shape] = failure
            }
        }
        return distinct.values.sorted(by: FoundFailure.shorter)
    }

    /// The earliest group first; what it is called decides between two that one run brought.
    private static func order(_ group: FoundGroup, _ runs: [FoundRun]) -> (Int, String, String) {
        (runs.first?.number ?? 0, group.kind.check + group.kind.rule, group.proof)
    }

    private func shrinkGroup(_ runs: [FoundRun], to kind: ViolationKind) throws -> [FoundFailure] {
        var shapes: Set<FailureShape> = []
        var failures: [FoundFailure] = []
        var known = 0
        for run in runs where known < Self.knownInARow {
            guard let failure = try shrink(run, to: kind) else { continue }
            known = shapes.insert(failure.shape).inserted ? 0 : known + 1
            failures.append(failure)
        }
        return failures
    }

    /// - Parameter kind: what must stay violated; `nil`: anything, whatever is the shortest to read.
    private func shrink(_ found: FoundRun, to kind: ViolationKind?) throws -> FoundFailure? {
        var explorer = program.explorer()
        let input = ExploredInput(scenario, seed: found.seed)
        let again = explorer.replay(input, found.schedule)
        guard again.outcome.isFailure else {
            throw SimulationError.notRepeatable("schedule \(found.number) did not fail")
        }
        let ending = again.outcome.findings.isEmpty ? again.outcome.kinds.first : nil
        var shrinker = Shrinker(explorer: explorer, strategies: configuration.strategies, input: input, run: again) {
            outcome in
            if let kind = kind ?? ending { return outcome.kinds.contains(kind) }
            return !outcome.findings.isEmpty
        }
        let key = again.outcome.findings.first { kind == nil || $0.kind == kind }?.key
        shrinker.shrink { input in (key.flatMap(input.withOnly(key:)).map { [$0] } ?? []) + input.smaller }
        let finding = shrinker.run.outcome.findings.filter { kind == nil || $0.kind == kind }
            .min { $0.violation.operations.count < $1.violation.operations.count }
        let proof = finding?.violation.operations.map(\.id) ?? []
        return FoundFailure(
            shrinker, of: found, finding: finding,
            story: try program.tell(shrinker.input, shrinker.run.schedule, proof: proof))
    }
}
