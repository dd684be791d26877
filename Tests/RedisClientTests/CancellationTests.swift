import Support
import TestSupport
import Testing

@testable import RedisClient

@Suite("Cancelled commands", .timeLimit(.minutes(10)))
struct CancellationTests {
    /// A first command makes the loop watch the connection, so that the next one is sent without a cancellation handler.
    /// The blocking commands are cancelled before, while and after they are sent, as it happens.
    @Test("A command that is cancelled early throws, and its late reply disturbs nobody", arguments: [false, true])
    func early(onLoop: Bool) async throws {
        try await withServer { server in
            let connection = try await RedisConnection.connect(server.configuration)
            let other = try await RedisConnection.connect(server.configuration)
            try await withTaskExecutorPreference(onLoop ? RedisEventLoop.shared : nil) {
                for round in 0..<100 {
                    _ = try await connection.send(RedisCommand("PING"))
                    let blocked = Task { try await connection.send(RedisCommand("BLPOP", "list\(round)", "0")) }
                    let next = Task { try await connection.send(RedisCommand("ECHO", "\(round)")) }
                    blocked.cancel()
                    let error = try await redisError { _ = try await blocked.value }
                    #expect(error.code == .cancelled, "round \(round)")
                    // Releases the connection, if the command was sent at all.
                    _ = try await other.send(RedisCommand("RPUSH", "list\(round)", "late"))
                    #expect(try await next.value.string == "\(round)")
                }
            }
            await connection.close()
            await other.close()
        }
    }

    @Test("A watched caller who waits long is told, cancelled at once, and the watch ends")
    func watched() async throws {
        try await withServer { server in
            let connection = try await RedisConnection.connect(server.configuration)
            let other = try await RedisConnection.connect(server.configuration)
            let channel = connection.channel
            // One more attempt each time that the watch has ended before the command was sent.
            var blocked: Task<RedisValue, any Error>
            var wasSentUnready = false
            repeat {
                _ = try await connection.send(RedisCommand("PING"))
                blocked = Task { try await connection.send(RedisCommand("BLPOP", "list", "0")) }
                try await eventually("the command is queued") { channel.state.withLock { !$0.queue.isEmpty } }
                wasSentUnready = channel.state.withLock { $0.isWatched && $0.queue.hasUnready }
                if !wasSentUnready {
                    _ = try await other.send(RedisCommand("RPUSH", "list", "again"))
                    _ = try await blocked.value
                }
            } while !wasSentUnready
            try await eventually("the caller is told") { channel.state.withLock { !$0.queue.hasUnready } }
            try await eventually("the watch ends") { channel.state.withLock { !$0.isWatched } }
            blocked.cancel()
            let error = try await redisError { _ = try await blocked.value }
            #expect(error.code == .cancelled)
            #expect(error.outcomeUnknown)
            await connection.close()
            await other.close()
        }
    }

    @Test("A late caller is given the reply, or why there is none", arguments: [false, true])
    func late(isKilled: Bool) async throws {
        try await withServer { server in
            let connection = try await RedisConnection.connect(server.configuration)
            let other = try await RedisConnection.connect(server.configuration)
            let blocked = Task { try await connection.send(RedisCommand("BLPOP", "list", "0")) }
            try await eventually("the command blocks") {
                try await other.clients().contains { $0.contains("cmd=blpop") }
            }
            if isKilled {
                server.killAtOnce()
                #expect(try await redisError { _ = try await blocked.value }.code == .connectionLost)
            } else {
                _ = try await other.send(RedisCommand("RPUSH", "list", "value"))
                #expect(try await blocked.value.elements?.map(\.string) == ["list", "value"])
            }
            await connection.close()
            await other.close()
        }
    }

    @Test("The outcome meets its caller whichever comes first", arguments: [false, true])
    func meeting(outcomeFirst: Bool) async throws {
        let reply = LateReply(ticket: 1)
        if outcomeFirst { reply.settle(.success(.integer(7))) }
        let value = try await withUnsafeThrowingContinuation { (waiter: LateReply.Waiter) in
            reply.wait(waiter)
            if !outcomeFirst { reply.settle(.success(.integer(7))) }
        }
        #expect(value == .integer(7))
    }
}
