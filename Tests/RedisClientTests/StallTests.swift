import Foundation
import Support
import TestSupport
import Testing

@testable import RedisClient

/// A loaded machine keeps a thread from running for seconds. What the server did in time stays in time.
@Suite("Threads that stand still", .timeLimit(.minutes(10)))
struct StallTests {
    @Test("A command is written although the task that was to write it never runs")
    func lostFlush() async throws {
        try await withServer { server in
            let connection = try await RedisConnection.connect(server.configuration)
            let channel = connection.channel
            // One more attempt each time that the watch has ended before the command was sent.
            var isWatched = false
            while !isWatched {
                _ = try await connection.send(RedisCommand("PING"))
                isWatched = channel.state.withLock { state in
                    // As `submit` leaves it, but without the task: as if all threads were busy.
                    if state.isWatched { state.isFlushScheduled = true }
                    return state.isWatched
                }
            }
            let answer = try await connection.send(RedisCommand("PING"), timeLimit: .seconds(20))
            #expect(answer == .status("PONG"))
            await connection.close()
        }
    }

    @Test("Nothing waits to be written while nobody watches")
    func waitingForMore() {
        var state = Channel.State()
        defer {
            state.output.deallocate()
            state.spare.deallocate()
        }
        for (expectsMore, wasIdle) in [(true, true), (true, false), (false, true), (false, false)] {
            state.expectsMore = expectsMore
            state.isWatched = false
            #expect(!state.mayWaitForMore(wasIdle: wasIdle), "expectsMore: \(expectsMore), wasIdle: \(wasIdle)")
            state.isWatched = true
            #expect(
                state.mayWaitForMore(wasIdle: wasIdle) == (expectsMore || !wasIdle),
                "expectsMore: \(expectsMore), wasIdle: \(wasIdle)")
        }
    }

    @Test("A reply that came in time is given out although the loop stood still until the deadline was past")
    func replyInTheSocket() async throws {
        try await withServer { server in
            let connection = try await RedisConnection.connect(server.configuration)
            // More than one read takes.
            let value = String(repeating: "a", count: 60_000)
            _ = try await connection.send(RedisCommand("SET", "key", value))
            let channel = connection.channel
            let replies = try await withUnsafeThrowingContinuation {
                (continuation: UnsafeContinuation<[RedisValue], any Error>) in
                channel.loop.execute {
                    let batch = ReplyBatch { continuation.resume(with: $0) }
                    let limit: UInt64 = 1_000_000
                    let deadline = MonotonicTime.now() + limit
                    channel.submitBatch(batch, [RedisCommand("GET", "key")], limit: limit)
                    channel.flush()
                    Self.standStill { channel.unreadBytes > value.utf8.count && MonotonicTime.coarse() > deadline }
                }
            }
            #expect(replies.first?.string == value)
            await connection.close()
        }
    }

    @Test("A sign of life that came in time counts although the loop stood still until it was missed")
    func signOfLifeInTheSocket() async throws {
        try await withServer { server in
            let ended = Collected<RedisError>()
            let subscriber = SubscriberCore(server.configuration) { state in
                if case .disconnected(let error) = state { ended.append(error) }
            } onMessages: { _ in
            }
            subscriber.loop.execute { subscriber.connect() }
            try await eventually("it is connected") { await Self.onLoop { subscriber.channel != nil } }
            let hasHeard = await Self.onLoop {
                guard let channel = subscriber.channel else { return false }
                channel.post(RedisCommand("PING"))
                channel.flush()
                Self.standStill { channel.unreadBytes > 0 }
                subscriber.hasHeard = false
                subscriber.isPingUnanswered = true
                subscriber.judgeSilence(of: .seconds(1))
                return subscriber.channel != nil
            }
            #expect(hasHeard)
            #expect(ended.all.isEmpty)
            await Self.onLoop { subscriber.close() }
        }
    }

    /// Keeps the loop's thread until something has come about outside of it; for a minute at most.
    private static func standStill(until condition: () -> Bool) {
        let limit = MonotonicTime.now() + 60_000_000_000
        while !condition(), MonotonicTime.now() < limit { sched_yield() }
    }

    private static func onLoop<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
        await withUnsafeContinuation { continuation in
            RedisEventLoop.shared.execute { continuation.resume(returning: body()) }
        }
    }
}
