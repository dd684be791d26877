import CacheHierarchy
import ScenarioRunner
import Scenarios

/// What one simulated run is given: a part of a scenario, and what its workers do there.
struct ExploredInput: Sendable {
    /// As it was declared, or with shorter mixes.
    let whole: Scenario
    let part: ScenarioPart
    let plan: WorkloadPlan
    /// What is left of the scenario.
    let scenario: Scenario

    init(_ whole: Scenario, part: ScenarioPart, plan: WorkloadPlan) {
        self.whole = whole
        self.part = part
        self.plan = plan
        scenario = part.applied(to: whole)
    }

    /// All of a scenario, with a workload that a seed draws.
    init(_ whole: Scenario, seed: UInt64) {
        self.init(whole, part: ScenarioPart(whole), plan: WorkloadPlan(whole, seed: seed))
    }

    /// Inputs that are a little smaller, those first that make every further run cheaper: without the instances and
    /// workers that do nothing, without faults, then with fewer operations. Phases in which no worker does anything go last: an
    /// inspection may prove with fewer operations what otherwise takes a further read.
    var smaller: [ExploredInput] {
        var inputs = withoutIdleInstances
        if let fewer = withFewerWorkers { inputs.append(fewer) }
        inputs += withFewerFaults
        inputs += plan.smaller.map { ExploredInput(whole, part: part, plan: $0) }
        inputs += withFewerPhases
        return inputs
    }

    /// With what is done to one key, or to tags; `nil` if that is all there is. Of a violation that concerns the key it
    /// is a good guess, and one step where halving takes many.
    func withOnly(key: String) -> ExploredInput? {
        var plan = plan
        for phase in plan.phases.indices {
            for worker in plan.phases[phase].indices {
                plan.phases[phase][worker].removeAll { operation in
                    switch operation {
                    case .invalidateTag: false
                    case .readMany(let keys): !keys.contains { $0.name == key }
                    default: operation.name != key
                    }
                }
            }
        }
        return plan.count < self.plan.count ? ExploredInput(whole, part: part, plan: plan) : nil
    }

    // MARK: Instances

    /// Without all instances whose workers do nothing, then without each of them alone. One instance stays.
    private var withoutIdleInstances: [ExploredInput] {
        let idle = part.instances.indices.filter { instance in
            !plan.phases.contains {
                $0.dropFirst(instance * part.workers).prefix(part.workers).contains { !$0.isEmpty }
            }
        }
        let dispensable = idle.count == part.instances.count ? Array(idle.dropFirst()) : idle
        guard !dispensable.isEmpty else { return [] }
        let singly = dispensable.count > 1 ? dispensable.map { [$0] } : []
        return ([dispensable] + singly).map(without(instances:))
    }

    private func without(instances dropped: [Int]) -> ExploredInput {
        let kept = part.instances.indices.filter { !dropped.contains($0) }
        var smaller = part
        smaller.instances = kept.map { part.instances[$0] }
        return ExploredInput(
            whole, part: smaller,
            plan: plan.rearranged { phase in
                kept.flatMap { instance in (0..<part.workers).map { phase(instance * part.workers + $0) } }
            })
    }

    // MARK: Workers

    /// With only as many workers as the busiest instance uses.
    private var withFewerWorkers: ExploredInput? {
        let busy = part.instances.indices.map { instance in
            (0..<part.workers).filter { worker in
                plan.phases.contains {
                    $0.indices.contains(instance * part.workers + worker)
                        && !$0[instance * part.workers + worker].isEmpty
                }
            }
        }
        let needed = max(1, busy.map(\.count).max() ?? 1)
        guard needed < part.workers else { return nil }
        var smaller = part
        smaller.workers = needed
        return ExploredInput(
            whole, part: smaller,
            plan: plan.rearranged { phase in
                busy.enumerated().flatMap { instance, workers in
                    (0..<needed).map { number in
                        number < workers.count ? phase(instance * part.workers + workers[number]) : []
                    }
                }
            })
    }

    // MARK: Faults

    /// Without any fault, then without each of them alone.
    private var withFewerFaults: [ExploredInput] {
        guard let faults = part.faults, !faults.isEmpty else { return [] }
        let singly = faults.count > 1 ? faults.map { fault in faults.filter { $0 != fault } } : []
        return ([[]] + singly).map { kept in
            var smaller = part
            smaller.faults = kept
            return ExploredInput(whole, part: smaller, plan: plan)
        }
    }

    // MARK: Phases

    /// Without all phases in which no worker does anything, then without each of them alone.
    private var withFewerPhases: [ExploredInput] {
        let idle = plan.phases.indices.filter { plan.phases[$0].allSatisfy(\.isEmpty) }
        guard !idle.isEmpty else { return [] }
        let singly = idle.count > 1 ? idle.map { [$0] } : []
        return ([idle] + singly).map { dropped in
            let kept = plan.phases.indices.filter { !dropped.contains($0) }
            var smaller = part
            smaller.phases = kept.map { part.phases[$0] }
            return ExploredInput(whole, part: smaller, plan: WorkloadPlan(phases: kept.map { plan.phases[$0] }))
        }
    }
}

extension WorkloadPlan {
    /// The plan of a cluster whose workers are others.
    /// - Parameter arrange: makes the lists of a phase from a look-up of the old ones, which are empty where there are
    ///   none.
    fileprivate func rearranged(
        _ arrange: (_ operations: (_ worker: Int) -> [PlannedOperation]) -> [[PlannedOperation]]
    ) -> WorkloadPlan {
        WorkloadPlan(
            phases: phases.map { phase in
                phase.isEmpty ? [] : arrange { phase.indices.contains($0) ? phase[$0] : [] }
            })
    }
}
