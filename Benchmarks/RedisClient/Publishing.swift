import RedisClient
import Synchronization

/// Messages to 20 subscribers: a batch is published, and the next one when every subscriber has all of it.
enum Publishing {
    /// Shared by the callbacks, which all run on the loop's thread, and the publisher.
    final class Arrivals: Sendable {
        struct State {
            var latencies: [Double] = []
            var target = 0
            var waiter: UnsafeContinuation<Void, Never>?
        }
        let state = Mutex(State())

        func receive(_ messages: [RedisMessage]) {
            let waiter: UnsafeContinuation<Void, Never>? = state.withLock { state in
                for message in messages {
                    var sentAt = 0
                    for digit in message.payload { sentAt = sentAt &* 10 &+ Int(digit &- 48) }
                    state.latencies.append(now() - Double(sentAt) * 1e-9)
                }
                guard state.latencies.count >= state.target, let waiter = state.waiter else { return nil }
                state.waiter = nil
                return waiter
            }
            waiter?.resume()
        }

        func wait(for target: Int) async {
            await withUnsafeContinuation { waiter in
                let isThere = state.withLock { state in
                    state.target = target
                    if state.latencies.count < target { state.waiter = waiter }
                    return state.latencies.count >= target
                }
                if isThere { waiter.resume() }
            }
        }
    }

    static func measure(_ configuration: RedisConfiguration, rounds: Int, batch: Int, name: String) async throws {
        let arrivals = Arrivals()
        arrivals.state.withLock { $0.latencies.reserveCapacity(rounds * batch * 20) }
        let subscribers = (0..<20).map { _ in RedisSubscriber(configuration) { arrivals.receive($0) } }
        for subscriber in subscribers { try await subscriber.subscribe(["benchmark:channel"]) }
        let publisher = try await RedisConnection.connect(configuration)
        let start = now()
        for round in 1...rounds {
            let commands = (0..<batch).map { _ in RedisCommand("PUBLISH", "benchmark:channel", String(Int(now() * 1e9)))
            }
            async let replies = publisher.pipeline(commands)
            await arrivals.wait(for: round * batch * 20)
            _ = try await replies
        }
        let elapsed = now() - start
        let latencies = arrivals.state.withLock { $0.latencies.sorted() }
        RedisBenchmark.report(name + "-p99-us", latencies[Int(Double(latencies.count) * 0.99)] * 1e6)
        RedisBenchmark.report(name + "-events", Double(latencies.count) / elapsed)
        for subscriber in subscribers { await subscriber.close() }
        await publisher.close()
    }
}
