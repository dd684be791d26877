import Foundation
import RedisClient
import TestSupport
import Testing

@Suite("Servers that stop", .timeLimit(.minutes(10)))
struct FailureTests {
    @Test("kill -9 fails all pending commands with connectionLost and an unknown outcome")
    func killedServer() async throws {
        try await withServer { server in
            let connection = try await RedisConnection.connect(server.configuration)
            let watcher = try await RedisConnection.connect(server.configuration)
            let blocked = Task { try await connection.send(RedisCommand("BLPOP", "list", "0")) }
            try await eventually("the first blocks") {
                try await watcher.clients().contains { $0.contains("cmd=blpop") }
            }
            let started = Collected<Int>()
            let rest = (0..<200).map { index in
                Task {
                    started.append(index)
                    if index % 2 == 0 { return try await connection.send(RedisCommand("GET", "key")) }
                    return try await connection.pipeline([RedisCommand("GET", "key"), RedisCommand("PING")])[0]
                }
            }
            // The blocked client's later commands stay in the server's query buffer, where CLIENT LIST shows them.
            try await eventually("all are written") {
                let line = try await watcher.clients().first { $0.contains("cmd=blpop") }
                let field = line?.split(separator: " ").first { $0.hasPrefix("qbuf=") }
                let size = field.flatMap { Int($0.dropFirst(5)) } ?? 0
                return size >= 100 * 22 + 100 * 36
            }
            server.killAtOnce()
            for (number, task) in ([blocked] + rest).enumerated() {
                let error = try await redisError { _ = try await task.value }
                #expect(error.code == .connectionLost, "command \(number)")
                #expect(error.outcomeUnknown, "command \(number)")
            }
            #expect(!connection.isOpen)
            let late = try await redisError { _ = try await connection.send(RedisCommand("PING")) }
            #expect(late.code == .connectionLost)
            #expect(!late.outcomeUnknown)
        }
    }

    @Test("CLIENT KILL fails the pending command, and the pool reconnects by itself")
    func clientKill() async throws {
        try await withServer { server in
            let watcher = try await RedisConnection.connect(server.configuration)
            var configuration = server.configuration
            configuration.clientName = "pool"
            let pool = RedisPool(configuration)
            #expect(try await pool.send(RedisCommand("PING")) == .status("PONG"))
            let pending = Task { try await pool.send(RedisCommand("BLPOP", "list", "0")) }
            try await eventually("it blocks") { try await watcher.clients().contains { $0.contains("cmd=blpop") } }
            _ = try await watcher.send(RedisCommand("CLIENT", "KILL", "SKIPME", "yes", "TYPE", "normal"))
            let error = try await redisError { _ = try await pending.value }
            #expect(error.code == .connectionLost)
            #expect(error.outcomeUnknown)
            try await eventually("the pool is usable") {
                (try? await pool.send(RedisCommand("PING"))) == .status("PONG")
            }
            #expect(try await watcher.clients().contains { $0.contains("name=pool") })
            await pool.close()
            await watcher.close()
        }
    }

    @Test("After a restart at the same address the pool notices at once and works again", arguments: [false, true])
    func restart(overTCP: Bool) async throws {
        try await withServer { server in
            let pool = RedisPool(overTCP ? server.tcp : server.configuration)
            _ = try await pool.send(RedisCommand("SET", "key", "before"))
            let leased = try await pool.withConnection { try await $0.send(RedisCommand("PING")) }
            #expect(leased == .status("PONG"))
            server.killAtOnce()
            let error = try await redisError {
                for _ in 0..<2 { _ = try await pool.send(RedisCommand("PING")) }
            }
            #expect([.connectFailed, .connectionLost].contains(error.code))
            try await server.start()
            try await eventually("the pool is usable") {
                (try? await pool.send(RedisCommand("PING"))) == .status("PONG")
            }
            #expect(try await pool.send(RedisCommand("GET", "key")) == .null)
            let leasedAgain = try await pool.withConnection { try await $0.send(RedisCommand("PING")) }
            #expect(leasedAgain == .status("PONG"))
            await pool.close()
        }
    }

    @Test("A reply that no command asked for closes the connection")
    func unaskedReply() async throws {
        try await withServer { server in
            let connection = try await RedisConnection.connect(server.configuration)
            _ = try await connection.send(RedisCommand("SUBSCRIBE", "channel"))
            let other = try await RedisConnection.connect(server.configuration)
            _ = try await other.send(RedisCommand("PUBLISH", "channel", "message"))
            try await eventually("it is closed") { !connection.isOpen }
            let error = try await redisError { _ = try await connection.send(RedisCommand("PING")) }
            #expect(error.code == .protocolError)
            await other.close()
        }
    }
}
