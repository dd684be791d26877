import EventBridge
import Foundation
import Processes
import RedisClient
import Scenarios

/// Injects the fault of a plan.
struct TrialFaultInjector: Sendable {
    let plan: TrialPlan
    let server: RedisServer
    /// Kills the process of the victim.
    let killVictim: @Sendable () -> Void

    /// Injects the fault.
    ///
    /// - Parameter start: the start of the publishing, in nanoseconds of ``BridgeClock``.
    /// - Returns: the reason why the fault could not be injected, or `nil`.
    func inject(from start: Int64) async -> String? {
        do {
            switch plan.bridge.fault {
            case nil, .slowSubscriber: break
            case .restartRedis:
                try await sleep(until: 0.5, from: start)
                server.restart()
            case .restartSubscriber:
                try await sleep(until: 0.5, from: start)
                killVictim()
            case .killSubscribers:
                for part in [0.25, 0.5, 0.75] {
                    try await sleep(until: part, from: start)
                    let connection = try await RedisConnection.connect(server.configuration)
                    // The reader of a stream is a normal client. This command therefore also disconnects publishers.
                    let kind = plan.transport == .streams ? "normal" : "pubsub"
                    _ = try await connection.send(RedisCommand("CLIENT", "KILL", "TYPE", kind, "SKIPME", "yes"))
                    await connection.close()
                }
            }
            return nil
        } catch {
            return "the fault \(plan.bridge.fault?.rawValue ?? "") could not be injected: \(error)"
        }
    }

    private func sleep(until part: Double, from start: Int64) async throws {
        let moment = start + Int64(plan.seconds * part * 1e9)
        try await Task.sleep(for: .nanoseconds(max(0, moment - BridgeClock.now())))
    }
}
