import Scenarios
import Simulation

/// Everything that the workers of a scenario are to do, phase by phase: decided by the scenario and a seed before anything
/// runs, so that neither a world nor an interleaving changes it, and that it can be shrunk.
package struct WorkloadPlan: Sendable, Hashable {
    /// By phase, then by worker over the whole cluster. A phase that is nothing for workers has no lists.
    package var phases: [[[PlannedOperation]]]

    package init(phases: [[[PlannedOperation]]]) { self.phases = phases }

    package init(_ scenario: Scenario, seed: UInt64) {
        var generators = (0..<scenario.cluster.totalWorkers).map { SeededRandom(seed: seed, part: UInt64($0) + 1) }
        phases = scenario.phases.map { Self.plan($0.action, of: scenario, &generators) }
    }

    private static func plan(
        _ action: Phase.Action, of scenario: Scenario, _ generators: inout [SeededRandom]
    ) -> [[PlannedOperation]] {
        switch action {
        case .sweep(let sweep):
            guard let operation = sweep.operation.planned else { return [] }
            let operations = scenario.keys(of: sweep.data, first: sweep.keys).map(operation)
            return scenario.cluster.each(sweep.by) { _ in operations }
        case .invalidateTags(let sweep):
            let operations = sweep.tags.map { PlannedOperation.invalidateTag($0) }
            return scenario.cluster.each(sweep.by) { _ in operations }
        case .mix(let mix):
            let chooser = KeyChooser(keys: scenario.keys(of: mix.data), distribution: mix.distribution)
            return scenario.cluster.each(.everyWorker) { worker in
                var operations: [PlannedOperation] = []
                operations.reserveCapacity(mix.operationsPerWorker)
                for number in 0..<mix.operationsPerWorker {
                    // Nothing of it is wanted any more.
                    if number & 0xFFFF == 0, Task.isCancelled { break }
                    operations.append(mix.shares.draw(chooser, &generators[worker]))
                }
                return operations
            }
        case .script(let script):
            let keys = Dictionary(scenario.keysInUse.map { ($0.name, $0) }) { first, _ in first }
            let planned = script.workers.map { steps in steps.compactMap { $0.planned(keys) } }
            return planned + Array(repeating: [], count: max(0, scenario.cluster.totalWorkers - planned.count))
        case .wait, .inspect: return []
        }
    }
}

extension Script.Step {
    fileprivate func planned(_ keys: [String: KeyInUse]) -> PlannedOperation? {
        switch self {
        case .read(let key): keys[key].map { .read($0) }
        case .readMany(let names): .readMany(names.compactMap { keys[$0] })
        case .write(let key): keys[key].map { .write($0) }
        case .delete(let key): keys[key].map { .delete($0) }
        case .invalidate(let key): keys[key].map { .invalidate($0) }
        case .invalidateTag(let tag): .invalidateTag(tag)
        }
    }
}

extension Cluster {
    /// What each worker does: nothing if it is not one of the actors.
    fileprivate func each(
        _ actors: Actors, _ operations: (_ worker: Int) -> [PlannedOperation]
    ) -> [[PlannedOperation]] {
        (0..<totalWorkers).map { worker in
            let acts =
                switch actors {
                case .oneWorker: worker == 0
                case .everyInstance: worker % workers == 0
                case .everyWorker: true
                }
            return acts ? operations(worker) : []
        }
    }
}

extension Sweep.Operation {
    /// What it does with a key; `nil` for warming, which an instance does and no worker.
    fileprivate var planned: ((KeyInUse) -> PlannedOperation)? {
        switch self {
        case .read: { .read($0) }
        case .write: { .write($0) }
        case .delete: { .delete($0) }
        case .invalidate: { .invalidate($0) }
        case .warm: nil
        }
    }
}

extension Mix.Shares {
    fileprivate func draw(_ chooser: KeyChooser, _ generator: inout SeededRandom) -> PlannedOperation {
        let draw = Double.random(in: 0..<1, using: &generator)
        let key = chooser.next(&generator)
        if draw < read { return .read(key) }
        if draw < read + write { return .write(key) }
        if draw < read + write + delete { return .delete(key) }
        if draw < read + write + delete + invalidate || key.tags.isEmpty { return .invalidate(key) }
        return .invalidateTag(key.tags[Int.random(in: 0..<key.tags.count, using: &generator)])
    }
}
