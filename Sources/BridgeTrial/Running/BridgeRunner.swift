import Foundation
public import ScenarioRunner
public import Scenarios

/// Runs scenarios of event bridges: processes, on a Redis server, and a verdict.
public struct BridgeRunner: Sendable {
    /// Where to find a Redis. A private one is started for each scenario, with the settings that it needs.
    public var redis: RedisServer.Source = .privateServer
    /// What to start for each instance: something that calls ``TrialInstance``.
    public var program: InstanceProgram
    /// How long a run may take, in place of what ``ScenarioRunner/RunBudget`` computes.
    public var timeout: Duration?
    /// Told what came about up to now, as ``BridgeTrial/onProgress``.
    public var onProgress: (@Sendable (TrialResult) -> Void)?

    /// As ``BridgeTrial/keyLifetime``.
    public var keyLifetime: Duration?
    /// As ``BridgeTrial/onRemains``.
    public var onRemains: (@Sendable (String) -> Void)?

    public init(program: InstanceProgram) { self.program = program }

    /// Runs a scenario and judges it. What keeps it from being run makes it unknown.
    /// - Parameter defect: a deliberate mistake, to see that it is caught.
    public func run(_ scenario: BridgeScenario, defect: TrialPlan.Defect? = nil) async -> BridgeRun {
        let start = ContinuousClock.now
        var seconds: Double { (ContinuousClock.now - start) / .seconds(1) }
        do {
            if case .given = redis, let fault = scenario.bridge.fault, fault.needsOwnServer {
                throw WorldError(
                    .faultRefused, "a guest does not bring about \(fault.rawValue): others may use that server",
                    advice: "Leave out --redis to have a private server started")
            }
            var trial = BridgeTrial(
                TrialPlan(scenario.bridge, defect: defect), redis: redis, program: program.path,
                arguments: program.arguments)
            trial.onProgress = onProgress
            trial.keyLifetime = keyLifetime
            trial.onRemains = onRemains
            trial.budget = RunBudget(for: scenario, limit: timeout)
            let result = try await trial.run()
            if Task.isCancelled {
                return BridgeRun(scenario, failure: "it was interrupted", as: .unknown, duration: seconds)
            }
            return BridgeRun(scenario, result, duration: seconds)
        } catch {
            let isForeseen = error is WorldError || error is RunStall || Task.isCancelled
            let reason = Task.isCancelled ? "it was interrupted" : "\(error)"
            return BridgeRun(scenario, failure: reason, as: isForeseen ? .unknown : .error, duration: seconds)
        }
    }
}
