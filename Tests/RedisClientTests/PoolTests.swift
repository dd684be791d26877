import Foundation
import RedisClient
import TestSupport
import Testing

@Suite("The pool", .timeLimit(.minutes(10)))
struct PoolTests {
    @Test("200 tasks share one connection")
    func sharing() async throws {
        try await withServer { server in
            let pool = RedisPool(server.configuration)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for task in 0..<200 {
                    group.addTask {
                        for round in 0..<20 {
                            let reply = try await pool.send(RedisCommand("ECHO", "\(task)/\(round)"))
                            #expect(reply.string == "\(task)/\(round)")
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(pool.connectionCount == 1)
            await pool.close()
        }
    }

    @Test("CLIENT LIST never shows more connections than the limit")
    func limit() async throws {
        try await withServer { server in
            let watcher = try await RedisConnection.connect(server.configuration)
            var configuration = server.configuration
            configuration.poolLimit = 5
            // The test counts connections. It does not matter how long each of them is used.
            configuration.poolTimeout = .seconds(600)
            configuration.clientName = "pool"
            let pool = RedisPool(configuration)
            _ = try await pool.send(RedisCommand("PING"))
            let most = Collected<Int>()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for task in 0..<40 {
                    group.addTask {
                        try await pool.withConnection { connection in
                            let key = "own\(task)"
                            let replies = try await connection.pipeline([
                                RedisCommand("MULTI"), RedisCommand("SET", key, "\(task)"), RedisCommand("GET", key),
                                RedisCommand("EXEC"),
                            ])
                            #expect(replies[3].elements?[1].integerValue == Int64(task), "task \(task)")
                            most.append(try await watcher.clients().count { $0.contains("name=pool") })
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(most.all.max()! <= 5)
            #expect(pool.connectionCount <= 5)
            await pool.close()
            try await eventually("no connection is left") {
                try await watcher.clients().allSatisfy { !$0.contains("name=pool") }
            }
            #expect(pool.connectionCount == 0)
            let error = try await redisError { _ = try await pool.send(RedisCommand("PING")) }
            #expect(error.code == .closed)
            await pool.close()
            await watcher.close()
        }
    }

    @Test("Waiting for a free connection ends by time, by cancellation and by closing")
    func waiting() async throws {
        try await withServer { server in
            var configuration = server.configuration
            configuration.poolLimit = 2
            let pool = RedisPool(configuration)
            configuration.poolTimeout = .milliseconds(50)
            let impatient = RedisPool(configuration)
            try await impatient.withConnection { _ in
                let timed = try await redisError { try await impatient.withConnection { _ in } }
                #expect(timed.code == .poolTimedOut)
            }
            await impatient.close()
            try await pool.withConnection { _ in
                let task = Task { try await pool.withConnection { _ in } }
                task.cancel()
                let cancelled = try await redisError { try await task.value }
                #expect(cancelled.code == .cancelled)
            }
            try await pool.withConnection { connection in
                let blocked = Task { try await connection.send(RedisCommand("BLPOP", "list", "0")) }
                try await eventually("it blocks") {
                    try await pool.send(RedisCommand("CLIENT", "LIST")).string!.contains("cmd=blpop")
                }
                await pool.close()
                let error = try await redisError { _ = try await blocked.value }
                #expect(error.code == .closed)
            }
        }
    }

    @Test("A leased connection with a pending reply is not used again")
    func dirtyLease() async throws {
        try await withServer { server in
            let pool = RedisPool(server.configuration)
            try await pool.withConnection { connection in
                let error = try await redisError {
                    _ = try await connection.send(RedisCommand("BLPOP", "list", "0"), timeLimit: .milliseconds(20))
                }
                #expect(error.code == .commandTimedOut)
            }
            let reply = try await pool.withConnection { try await $0.send(RedisCommand("ECHO", "clean")) }
            #expect(reply.string == "clean")
            await pool.close()
        }
    }

    @Test("A pool without owner closes its connections")
    func abandonedPool() async throws {
        try await withServer { server in
            let watcher = try await RedisConnection.connect(server.configuration)
            do {
                let pool = RedisPool(server.configuration)
                _ = try await pool.send(RedisCommand("PING"))
                try await pool.withConnection { _ = try await $0.send(RedisCommand("PING")) }
                #expect(try await watcher.clients().count == 3)
            }
            try await eventually("only the watcher is left") { try await watcher.clients().count == 1 }
            await watcher.close()
        }
    }
}
