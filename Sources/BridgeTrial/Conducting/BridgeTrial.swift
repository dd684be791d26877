import EventBridge
import Foundation
import RedisClient
import ScenarioRunner
import Scenarios

/// Runs instances of an event bridge as processes of their own, and collects what each of them counted.
public struct BridgeTrial: Sendable {
    let plan: TrialPlan
    let source: RedisServer.Source
    /// The program to start, and its arguments.
    let program: String
    let arguments: [String]
    /// Given what came about up to now, once a second while it goes on, and once more at the end. Without it nobody is
    /// asked before the end.
    public var onProgress: (@Sendable (TrialResult) -> Void)?
    /// How long a key of the trial may outlive it on a server that is not its own, should it be killed. Default: what the
    /// trial may take, and 120 seconds.
    public var keyLifetime: Duration?
    /// Told what could not be removed from a server that is not the trial's own.
    public var onRemains: (@Sendable (String) -> Void)?
    /// When it is ended; `nil` never.
    var budget: RunBudget?

    /// - Parameters:
    ///   - program: what to start for each instance: something that calls ``TrialInstance``.
    ///   - arguments: its arguments.
    public init(_ plan: TrialPlan, redis: RedisServer.Source, program: String, arguments: [String]) {
        self.plan = plan
        self.source = redis
        self.program = program
        self.arguments = arguments
    }

    /// Runs the trial. Whatever ends it, cancellation included, no process is left and no key.
    /// - Throws: ``WorldError`` if there is no Redis to be had.
    public func run() async throws -> TrialResult {
        // Three pipes for each process.
        try OpenFileLimit.require(OpenFileLimit.base + 8 * plan.bridge.instances, for: "the event bridge")
        let server = try await RedisServer.open(source, settings: settings, keyLifetime: keyLifetime)
        let result: Result<TrialResult, any Error>
        do { result = .success(try await runSupervised(on: server)) } catch { result = .failure(error) }
        if let remains = await server.close() { onRemains?(remains) }
        return try result.get()
    }

    /// What a private server needs for the plan.
    private var settings: [String] {
        switch (plan.bridge.fault, plan.transport) {
        // Written before the answer is sent, and not waited for to be on the disk: enough for the death of a process,
        // not for that of the machine. (With everysec the write itself may be put off.)
        case (.restartRedis, .streams):
            ["--appendonly", "yes", "--appendfsync", "no", "--auto-aof-rewrite-percentage", "0"]
        case (.slowSubscriber, _): ["--client-output-buffer-limit", "pubsub 262144 262144 1"]
        default: []
        }
    }

    /// - Throws: ``RunStall`` if it does not get on: what was counted until then says nothing about the bridge.
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
        var conductor = Conductor(plan: plan, server: server, onProgress: onProgress)
        return await conductor.conduct(program: program, arguments: arguments) { [plan] number, isRestarted in
            InstanceSettings(
                number: number, plan: plan, redis: server.configuration.url,
                connection: server.configuration.clientName ?? "coherence", bridge: bridge, lifetime: lifetime,
                journal: plan.isRestarted(number) ? journal : nil, isRestarted: isRestarted)
        }
    }
}
