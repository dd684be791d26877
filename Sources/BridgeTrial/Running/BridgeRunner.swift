import Foundation
import Judging
import Processes
public import Scenarios

/// Runs scenarios of event bridges as processes with a Redis server, and judges them.
public struct BridgeRunner: Sendable {
    /// The Redis server. By default each scenario has a private one with the settings that it needs.
    public var redis: RedisServer.Source = .privateServer
    /// The program to start for each instance. It must run a ``TrialInstance``.
    public var program: InstanceProgram
    /// The time limit of a run. Default: the one that ``RunBudget`` computes.
    public var timeout: Duration?
    /// Called with the result so far, as ``BridgeTrial/onProgress``.
    public var onProgress: (@Sendable (TrialResult) -> Void)?

    /// As ``BridgeTrial/keyLifetime``.
    public var keyLifetime: Duration?
    /// As ``BridgeTrial/onRemains``.
    public var onRemains: (@Sendable (String) -> Void)?

    /// Creates a runner with a private server for each scenario.
    public init(program: InstanceProgram) { self.program = program }

    /// Runs a scenario and judges it. If it cannot run, the verdict is unknown.
    ///
    /// - Parameters:
    ///   - scenario: the scenario.
    ///   - defect: a deliberate bug, for tests that the trial finds it.
    /// - Returns: the result with its verdict.
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

extension BridgeScenario {
    /// A scenario for a bridge that no file declares, with the targets of every bridge: each event is delivered once
    /// to each other instance, lost events are counted, and no event is late.
    public static func measuring(_ bridge: BridgeDeclaration) -> BridgeScenario {
        func target(
            _ name: String, _ metric: Metric, _ comparison: Target.Comparison, _ limit: Double, warning: Double? = nil,
            statistic: Statistic = .value
        ) -> Target {
            func bound(_ limit: Double) -> Target.Bound { .init(comparison, .absolute(Quantity(limit, metric.unit))) }
            return Target(
                name: name, metric: metric.name, statistic: statistic, bound: bound(limit),
                warning: warning.map(bound), position: SourcePosition(file: "", line: 1, column: 1))
        }
        return BridgeScenario(
            name: "Event bridge", file: "", bridge: bridge,
            targets: [
                target("delivery", .bridgeDelivery, .greaterOrEqual, 99, warning: 100),
                target("lost", .bridgeLost, .lessOrEqual, 0),
                target("duplicates", .bridgeDuplicates, .lessOrEqual, 0),
                target("self-received", .bridgeSelfReceived, .lessOrEqual, 0),
                target("miscounted", .bridgeMiscounted, .lessOrEqual, 0),
                target("errors", .bridgeErrors, .lessOrEqual, 0),
                target("p99", .bridgeLatency, .less, 100_000_000, warning: 50_000_000, statistic: .p99),
            ])
    }
}

extension RunBudget {
    /// - Parameter limit: replaces the computed one.
    public init(for bridge: BridgeScenario, limit: Duration? = nil) {
        self.init(for: bridge.bridge, limit: limit)
    }

    /// - Parameter limit: replaces the computed one.
    public init(for bridge: BridgeDeclaration, limit: Duration? = nil) {
        let processes = Double(bridge.instances)
        self.init(expected: bridge.duration / .seconds(1) + 0.2 * processes, limit: limit)
    }
}
