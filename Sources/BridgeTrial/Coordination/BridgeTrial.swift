import EventBridge
import Foundation
import Processes
import RedisClient
import Scenarios

/// Runs instances of an event bridge as processes, and collects their counts.
public struct BridgeTrial: Sendable {
    let plan: TrialPlan
    let source: RedisServer.Source
    /// The program to start.
    let program: String
    let arguments: [String]
    /// Called with the result so far, once a second during the trial and once at its end. Without it the processes
    /// report only at the end.
    public var onProgress: (@Sendable (TrialResult) -> Void)?
    /// The time for which a key of a killed trial may remain on a server that is not its own. Default: the time that
    /// the trial may take, plus 120 seconds.
    public var keyLifetime: Duration?
    /// Called with a description of the keys that could not be removed from a server that is not the trial's own.
    public var onRemains: (@Sendable (String) -> Void)?
    /// The time limit of the trial. `nil` means no limit.
    var budget: RunBudget?

    /// Creates a trial.
    ///
    /// - Parameters:
    ///   - plan: the bridge and its defect.
    ///   - redis: the server to use.
    ///   - program: the program to start for each instance. It must run a ``TrialInstance``.
    ///   - arguments: the arguments of the program.
    public init(_ plan: TrialPlan, redis: RedisServer.Source, program: String, arguments: [String]) {
        self.plan = plan
        self.source = redis
        self.program = program
        self.arguments = arguments
    }

    /// Runs the trial. However it ends, also by cancellation, it leaves no process and no key.
    ///
    /// - Throws: ``WorldError`` if no Redis server can be used.
    public func run() async throws -> TrialResult {
        // Each process needs three pipes.
        try OpenFileLimit.require(OpenFileLimit.base + 8 * plan.bridge.instances, for: "the event bridge")
        let server = try await RedisServer.open(source, settings: settings, keyLifetime: keyLifetime)
        let result: Result<TrialResult, any Error>
        do { result = .success(try await runSupervised(on: server)) } catch { result = .failure(error) }
        if let remains = await server.close() { onRemains?(remains) }
        return try result.get()
    }

    /// The settings of a private server for the plan.
    private var settings: [String] {
        switch (plan.bridge.fault, plan.transport) {
        // The server writes each change before it replies, without a sync of the disk. This suffices if the process
        // crashes, but not if the machine does. (With everysec the server may also delay the write.)
        case (.restartRedis, .streams):
            ["--appendonly", "yes", "--appendfsync", "no", "--auto-aof-rewrite-percentage", "0"]
        case (.slowSubscriber, _): ["--client-output-buffer-limit", "pubsub 262144 262144 1"]
        default: []
        }
    }

    /// - Throws: ``RunStall`` if the trial makes no progress. Its counts then say nothing about the bridge.
    private func runSupervised(on server: RedisServer) async throws -> TrialResult {
        guard let budget else { return await run(on: server) }
        let supervisor = RunSupervisor(
            budget,
            probe: RedisProbe(server.configuration, name: "\(server.configuration.clientName ?? "coherence")-probe"),
            stage: "the processes of the bridge")
        if plan.bridge.fault == .restartRedis { supervisor.tolerate { true } }
        let result = try await supervisor.run { await run(on: server) }
        if let stall = supervisor.stall { throw stall }
        return result
    }

    private func run(on server: RedisServer) async -> TrialResult {
        let bridge = server.keyStart + "bridge"
        let lifetime = server.keyLifetime(RunBudget(for: plan.bridge))
        let journal = "\(server.folder)/deliveries.jsonl"
        var conductor = TrialCoordinator(plan: plan, server: server, onProgress: onProgress)
        return await conductor.coordinate(program: program, arguments: arguments) { [plan] number, isRestarted in
            TrialInstanceSettings(
                number: number, plan: plan, redis: server.configuration.url,
                connection: server.configuration.clientName ?? "coherence", bridge: bridge, lifetime: lifetime,
                journal: plan.isRestarted(number) ? journal : nil, isRestarted: isRestarted)
        }
    }
}
