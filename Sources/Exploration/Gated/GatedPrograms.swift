import GatedWorld
import ScenarioRunner
import Scenarios
import Simulation

/// The small programs that a scenario's operations make: what is explored before anything larger is drawn.
///
/// Two operations, then three: every choice of kinds with something that changes, on the first key of the data, by
/// workers of one instance and of two. A scenario with a script is one program, its own.
struct GatedPrograms {
    private let scenario: Scenario

    init(_ scenario: Scenario) { self.scenario = scenario }

    /// Whether everything that is done is said one by one.
    var isScripted: Bool {
        scenario.phases.contains { if case .script = $0.action { true } else { false } } && mixes.isEmpty
    }

    private var mixes: [(phase: Int, mix: Mix)] {
        scenario.phases.enumerated().compactMap { number, phase in
            if case .mix(let mix) = phase.action { (number, mix) } else { nil }
        }
    }

    /// The scenario as it is written.
    func whole(seed: UInt64) -> WorkloadPlan { WorkloadPlan(scenario, seed: seed) }

    /// All programs of so many operations, 2 or 3. Empty for a scenario without a mix.
    func small(of count: Int) -> [WorkloadPlan] {
        guard let (phase, mix) = mixes.first, let key = scenario.keys(of: mix.data).first else { return [] }
        let kinds = Self.kinds(mix.shares, key)
        let places = self.places
        var programs: [WorkloadPlan] = []
        var seen: Set<[[PlannedOperation]]> = []
        for operations in Self.sequences(kinds, count) where operations.contains(where: \.changes) {
            for order in Self.sequences(Array(places.indices), count) {
                // The workers of an instance are alike, and so are the instances.
                guard Self.isFirstOfItsKind(order, places) else { continue }
                var workers: [[PlannedOperation]] = Array(repeating: [], count: scenario.cluster.totalWorkers)
                for (operation, place) in zip(operations, order) { workers[places[place]].append(operation) }
                // One after the other is no race, and what follows is read anyway.
                guard workers.filter({ !$0.isEmpty }).count > 1 else { continue }
                let shape = workers.map { $0 }
                guard seen.insert(canonical(shape)).inserted else { continue }
                programs.append(plan(workers, in: phase))
            }
        }
        return programs
    }

    /// Workers of two instances, two of each.
    private var places: [Int] {
        let cluster = scenario.cluster
        return (0..<min(2, cluster.instances)).flatMap { instance in
            (0..<min(2, cluster.workers)).map { instance * cluster.workers + $0 }
        }
    }

    private func canonical(_ workers: [[PlannedOperation]]) -> [[PlannedOperation]] {
        let width = scenario.cluster.workers
        let instances = stride(from: 0, to: workers.count, by: width).map { start in
            workers[start..<min(start + width, workers.count)].sorted { "\($0)" < "\($1)" }
        }
        return instances.sorted { "\($0)" < "\($1)" }.flatMap { $0 }
    }

    /// Places are taken in their order: the second worker of an instance only after the first.
    private static func isFirstOfItsKind(_ order: [Int], _ places: [Int]) -> Bool {
        var next = 0
        for place in order {
            if place > next + (places.count > 2 ? 2 : 0) { return false }
            next = max(next, place + 1)
        }
        return true
    }

    private static func kinds(_ shares: Mix.Shares, _ key: KeyInUse) -> [PlannedOperation] {
        var kinds: [PlannedOperation] = []
        if shares.read > 0 { kinds.append(.read(key)) }
        if shares.write > 0 { kinds.append(.write(key)) }
        if shares.delete > 0 { kinds.append(.delete(key)) }
        if shares.invalidate > 0 { kinds.append(.invalidate(key)) }
        if shares.invalidateTag > 0, let tag = key.tags.first { kinds.append(.invalidateTag(tag)) }
        return kinds
    }

    private static func sequences<Element>(_ elements: [Element], _ count: Int) -> [[Element]] {
        (0..<count).reduce([[]]) { sequences, _ in sequences.flatMap { begun in elements.map { begun + [$0] } } }
    }

    /// What makes processes ready: each kind of operation once, by each instance.
    func warming(seed: UInt64) -> WorkloadPlan {
        guard let (phase, mix) = mixes.first, let key = scenario.keys(of: mix.data).first else {
            return whole(seed: seed)
        }
        let kinds = Self.kinds(mix.shares, key)
        var workers: [[PlannedOperation]] = Array(repeating: [], count: scenario.cluster.totalWorkers)
        for instance in 0..<scenario.cluster.instances { workers[instance * scenario.cluster.workers] = kinds }
        return plan(workers, in: phase)
    }

    // MARK: Larger ones

    /// A program of the scenario's operations that a seed draws, from a part of it that grows with `size`.
    /// - Parameter size: from 0.
    func drawn(_ size: Int, _ random: inout SeededRandom) -> WorkloadPlan {
        let cluster = scenario.cluster
        var plan = WorkloadPlan(scenario.limited(toOperationsPerWorker: 2 + size / 2), seed: random.next())
        let most = 3 + size
        let workers = min(cluster.workers, 2 + size / 3)
        let instances = min(cluster.instances, 2 + size / 4)
        for (phase, _) in mixes {
            var places = (0..<cluster.totalWorkers).filter {
                $0 % cluster.workers < workers && $0 / cluster.workers < instances
            }
            var left = most
            var kept: [[PlannedOperation]] = Array(repeating: [], count: plan.phases[phase].count)
            while left > 0, !places.isEmpty {
                let index = Int.random(in: 0..<places.count, using: &random)
                let place = places[index]
                let done = kept[place].count
                guard done < plan.phases[phase][place].count else {
                    places.remove(at: index)
                    continue
                }
                kept[place].append(plan.phases[phase][place][done])
                left -= 1
            }
            plan.phases[phase] = kept
        }
        return focused(plan, onKeys: 1 + size / 3)
    }

    /// The same with few keys: what meets nowhere races with nothing.
    private func focused(_ plan: WorkloadPlan, onKeys count: Int) -> WorkloadPlan {
        var plan = plan
        for (phase, mix) in mixes {
            let keys = Array(scenario.keys(of: mix.data).prefix(count))
            guard !keys.isEmpty else { continue }
            var number = 0
            for worker in plan.phases[phase].indices {
                plan.phases[phase][worker] = plan.phases[phase][worker].map { operation in
                    number += 1
                    return operation.moved(to: keys[number % keys.count])
                }
            }
        }
        return filled(plan)
    }

    private func plan(_ workers: [[PlannedOperation]], in phase: Int) -> WorkloadPlan {
        var plan = WorkloadPlan(scenario.limited(toOperationsPerWorker: 1), seed: 1)
        for (number, _) in mixes { plan.phases[number] = plan.phases[number].map { _ in [] } }
        plan.phases[phase] = workers
        return filled(plan)
    }

    /// Phases that go through all keys go through those that matter.
    private func filled(_ plan: WorkloadPlan) -> WorkloadPlan {
        var plan = plan
        let numbers = Set(mixes.map(\.phase))
        let keys = Set(numbers.flatMap { plan.phases[$0].joined().flatMap(\.keys) })
        for phase in plan.phases.indices where !numbers.contains(phase) {
            guard case .sweep = scenario.phases[phase].action else { continue }
            plan.phases[phase] = plan.phases[phase].map { own in
                own.filter { $0.keys.allSatisfy(keys.contains) }
            }
        }
        return plan
    }
}

extension PlannedOperation {
    fileprivate var changes: Bool {
        switch self {
        case .read, .readMany: false
        case .write, .delete, .invalidate, .invalidateTag: true
        }
    }

    fileprivate func moved(to key: KeyInUse) -> PlannedOperation {
        switch self {
        case .read: .read(key)
        case .readMany: .readMany([key])
        case .write: .write(key)
        case .delete: .delete(key)
        case .invalidate: .invalidate(key)
        case .invalidateTag: self
        }
    }
}
