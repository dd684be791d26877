import Support
import TestSupport
import Testing

@testable import RedisClient

@Suite("Cancelled commands", .timeLimit(.minutes(10)))
struct CancellationTests {
    /// A first command makes the loop watch the connection, so the next command has no cancellation handler.
    ///
    /// The blocking commands are cancelled before, during and after they are sent, as it happens.
    @Test("A command cancelled early throws, and its late reply goes to no other caller", arguments: [false, true])
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
                    // This releases the connection, if the command was sent at all.
                    _ = try await other.send(RedisCommand("RPUSH", "list\(round)", "late"))
                    #expect(try await next.value.string == "\(round)")
                }
            }
            await connection.close()
            await other.close()
        }
    }

    @Test("A watched caller that waits long gets a handler, is cancelled at once, and the watch ends")
    func watched() async throws {
        try await withServer { server in
            let connection = try await RedisConnection.connect(server.configuration)
            let other = try await RedisConnection.connect(server.configuration)
            let channel = connection.channel
            // If the watch ends before the command is sent, another attempt follows.
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

    @Test("A late caller gets the reply, or the error", arguments: [false, true])
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

    @Test("The outcome reaches its caller in either order", arguments: [false, true])
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
