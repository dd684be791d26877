import EventBridge
import Foundation
import RedisClient
import ScenarioRunner
import Scenarios

/// Provokes what the plan wants to go wrong.
struct Faults: Sendable {
    let plan: TrialPlan
    let server: RedisServer
    /// Ends the process of the victim.
    let killVictim: @Sendable () -> Void

    /// - Parameter start: when publishing begins, in nanoseconds of ``BridgeClock``.
    /// - Returns: why the fault could not be provoked; `nil` if all went wrong as it should.
    func provoke(from start: Int64) async -> String? {
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
                    // A reader of a stream is a client as any other, so there publishers are cut off as well.
                    let kind = plan.transport == .streams ? "normal" : "pubsub"
                    _ = try await connection.send(RedisCommand("CLIENT", "KILL", "TYPE", kind, "SKIPME", "yes"))
                    await connection.close()
                }
            }
            return nil
        } catch {
            return "the fault \(plan.bridge.fault?.rawValue ?? "") could not be provoked: \(error)"
        }
    }

    private func sleep(until part: Double, from start: Int64) async throws {
        let moment = start + Int64(plan.seconds * part * 1e9)
        try await Task.sleep(for: .nanoseconds(max(0, moment - BridgeClock.now())))
    }
}
