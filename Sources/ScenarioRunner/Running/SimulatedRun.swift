import CacheHierarchy
import Judging
import Processes
import Scenarios
import Simulation
import Support

/// One variant of a scenario with what its workers are to do, as a body for simulations.
package struct SimulatedRun: Sendable {
    package let scenario: Scenario
    package let defects: Set<Defect>
    /// Whether the trace shall say what the cache's clock shows.
    let isTold: Bool
    /// Whether the cache tells of its steps.
    package var cacheTells = true
    /// The cache under test, if it is not the reference cache.
    package var subject: LocalSubject?

    package init(scenario: Scenario, defects: Set<Defect>, isTold: Bool = false) {
        self.scenario = scenario
        self.defects = defects
        self.isTold = isTold
    }

    /// Long enough for an hour of signs of life; a run that goes on for longer does not end.
    package static let limits = SimulationLimits(steps: 50_000_000)

    /// Builds the cluster anew, drives the scenario, and takes the cluster down.
    /// - Parameters:
    ///   - isUnwanted: whether to go on; a run that is cancelled for it returns what was recorded. Without it, such a
    ///     run throws.
    ///   - onStage: told what begins.
    package func perform(
        _ plan: WorkloadPlan, isUnwanted: (@Sendable () -> Bool)? = nil,
        onStage: @escaping @Sendable (_ name: String) -> Void = { _ in }
    ) async throws -> RunRecord {
        onStage("building the cluster")
        let cluster =
            if let subject {
                try await SimulatedWorld.build(scenario, of: subject, isTold: isTold)
            } else {
                try await SimulatedWorld.build(scenario, defects: defects, isTold: isTold, cacheTells: cacheTells)
            }
        onStage("seeding the origin")
        var run = ScenarioRun(scenario, plan, in: cluster, isUnwanted: isUnwanted ?? { false }) {
            onStage("phase \($0)")
        }
        do {
            try await run.execute()
        } catch is CancellationError where isUnwanted != nil {
            await cluster.tearDown()
            return run.record
        } catch {
            await cluster.tearDown()
            throw error
        }
        onStage("building the history")
        let record = run.record
        onStage("stopping the cluster")
        await cluster.tearDown()
        return record
    }

    /// Builds the cluster of a cache under test once, and takes it down.
    /// - Throws: what keeps every run from beginning: ``SubjectLacks``, `WorldError`. Anything else that goes wrong is
    ///   for a run to tell.
    package func prepare() throws {
        guard let subject else { return }
        let run = try Simulation.run(limits: Self.limits) { [scenario] in
            try await SimulatedWorld.build(scenario, of: subject).tearDown()
        }
        guard case .failed(let error) = run.outcome, error is SubjectLacks || error is WorldError else { return }
        throw error
    }

    /// What is asked of each run.
    package var checks: [CheckDeclaration] { scenario.checks(in: .simulated) }

    /// Asks a run one check. What cannot be judged is no failure: a run that was shrunk does little.
    /// - Throws: what is wrong.
    package func judge(_ record: RunRecord, _ declaration: CheckDeclaration) throws {
        try IncoherentRun.judge(record.history, by: [declaration.completed(by: record)])
    }

    /// Runs once.
    /// - Parameters:
    ///   - seed: names the workload and the schedule.
    ///   - budget: when it is ended, in real time.
    ///   - isInterrupted: whether its caller wants no more of it.
    func result(
        seed: UInt64, strategy: Strategy = .random, budget: RunBudget? = nil,
        isInterrupted: @escaping @Sendable () -> Bool = { false }
    ) -> ScenarioResult {
        var result = ScenarioResult(scenario, world: .simulated, seed: seed, defects: Set(defects.map(\.rawValue)))
        let plan = WorkloadPlan(scenario, seed: seed)
        let start = ContinuousClock.now
        let stage = Lock("the start")
        let isSpent = Lock(false)
        var limits = Self.limits
        let isUnwanted: @Sendable () -> Bool = {
            if let budget, .now - start > budget.limit { isSpent.withLock { $0 = true } }
            return isInterrupted() || isSpent.withLock { $0 }
        }
        limits.isCancelled = isUnwanted
        do {
            let run = try Simulation.run(seed: seed, strategy: strategy, limits: limits) { [self] in
                try await perform(plan, isUnwanted: isUnwanted) { name in stage.withLock { $0 = name } }
            }
            result.judge(try run.get(), scenario)
        } catch let lack as SubjectLacks {
            result.skip(for: lack)
        } catch let error as WorldError {
            result.fail("\(error)", as: .unknown)
        } catch {
            result.fail("\(error)", as: .error)
        }
        if isInterrupted() {
            result.fail("it was interrupted", as: .unknown)
        } else if let budget, isSpent.withLock({ $0 }) {
            let stall = RunStall(waitingFor: stage.withLock { $0 }, cause: .budgetSpent(budget.limit))
            result.fail(stall.description, as: max(.unknown, result.verdict == .error ? .unknown : result.verdict))
        }
        result.duration = Double((ContinuousClock.now - start).nanoseconds) / 1e9
        return result
    }
}

/// The notes that a simulated run leaves in its trace.
package enum RunNotes {
    /// A fault has begun, or has ended; with its number.
    package static var faultBegins: StaticString { FaultConductor.noteOfBeginning }
    package static var faultEnds: StaticString { FaultConductor.noteOfEnd }
    /// The cache has looked at its clock; with what that showed.
    package static var clockLook: StaticString { SimulatedClock.noteOfLook }
}
