import CacheHierarchy
import Scenarios
import Simulation

/// A run that exploring found, to be run again.
public struct ScenarioReplay: Sendable {
    private let simulated: SimulatedRun
    private let plan: WorkloadPlan
    private let token: ReplayToken

    /// - Parameters:
    ///   - operations: what the workers do, as ``FoundFailure/plan`` says it.
    ///   - schedule: as ``FoundFailure/schedule`` says it.
    /// - Throws: what is wrong with these texts.
    public init(_ scenario: Scenario, operations: String, schedule: String, defects: Set<Defect>) throws {
        simulated = SimulatedRun(scenario: scenario, defects: defects)
        plan = try WorkloadPlan(text: operations, for: scenario)
        token = try ReplayToken(schedule)
    }

    /// What came of it.
    public struct Outcome: Sendable {
        /// Which task ran when, and which points it passed.
        public let story: String
        /// What is wrong; `nil` if nothing is.
        public let reason: String?
        /// Whether it is the run that was found, step by step.
        public let isIdentical: Bool
    }

    /// - Throws: `SimulationError` if no simulation is possible here.
    public func run() throws -> Outcome {
        let (simulated, plan) = (simulated, plan)
        let run = try Simulation.replay(token, limits: SimulatedRun.limits) { try await simulated.perform(plan) }
        var reason: String?
        do {
            try simulated.judge(run.get())
        } catch {
            reason = "\(error)"
        }
        return Outcome(story: run.trace.description, reason: reason, isIdentical: run.trace.hash == token.traceHash)
    }
}
