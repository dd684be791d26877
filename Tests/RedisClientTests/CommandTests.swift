import RedisClient
import TestSupport
import Testing

@Suite("Commands on one connection", .timeLimit(.minutes(10)))
struct CommandTests {
    @Test("Replies of every kind are recognised, also nested, and also errors inside arrays")
    func repliesOfEveryKind() async throws {
        try await withServer { server in
            let connection = try await RedisConnection.connect(server.configuration)
            #expect(try await connection.send(RedisCommand("SET", "key", "value")) == .status("OK"))
            #expect(try await connection.send(RedisCommand("GET", "key")) == .bulk(Array("value".utf8)))
            #expect(try await connection.send(RedisCommand("GET", "missing")) == .null)
            #expect(try await connection.send(RedisCommand("INCR", "counter")) == .integer(1))
            #expect(try await connection.send(RedisCommand("LRANGE", "missing", "0", "-1")) == .array([]))
            let nested = try await connection.send(
                RedisCommand("EVAL", "return {1, {'two', {3, false}}, redis.error_reply('ERR four')}", "0"))
            #expect(
                nested
                    == .array([
                        .integer(1), .array([.bulk(Array("two".utf8)), .array([.integer(3), .null])]),
                        .error("ERR four"),
                    ]))
            let error = try await redisError { _ = try await connection.send(RedisCommand("LPUSH", "key", "x")) }
            #expect(error.code == .serverError)
            #expect(error.serverErrorPrefix == "WRONGTYPE")
            #expect(!error.outcomeUnknown)
            #expect(try await connection.send(RedisCommand("PING")) == .status("PONG"))
            await connection.close()
        }
    }

    @Test("Values of any size and content return unchanged", arguments: [0, 1, 16_383, 16_384, 10 << 20])
    func valuesOfAnySize(count: Int) async throws {
        try await withServer { server in
            let connection = try await RedisConnection.connect(server.tcp)
            let value = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            _ = try await connection.send(RedisCommand(arguments: ["SET", [0, 13, 10, 255], .bytes(value)]))
            let reply = try await connection.send(RedisCommand(arguments: ["GET", [0, 13, 10, 255]]))
            #expect(reply.bytes == value)
            await connection.close()
        }
    }

    @Test("A pipeline of 10,000 commands is answered in order, and error replies are values")
    func longPipeline() async throws {
        try await withServer { server in
            let connection = try await RedisConnection.connect(server.configuration)
            var commands = (0..<10_000).map { RedisCommand("ECHO", String($0)) }
            commands[5_000] = RedisCommand("NOSUCHCOMMAND")
            let replies = try await connection.pipeline(commands)
            #expect(replies.count == 10_000)
            for (index, reply) in replies.enumerated() where index != 5_000 {
                #expect(reply.integerValue == Int64(index), "command \(index)")
            }
            if case .error = replies[5_000] {} else { Issue.record("no error value at 5,000") }
            #expect(try await connection.pipeline([]) == [])
            await connection.close()
        }
    }

    @Test("200 tasks on one connection each get their own replies", arguments: [false, true])
    func manyTasks(onLoop: Bool) async throws {
        try await withServer { server in
            let connection = try await RedisConnection.connect(server.configuration)
            try await withTaskExecutorPreference(onLoop ? RedisEventLoop.shared : nil) {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for task in 0..<200 {
                        group.addTask {
                            for round in 0..<50 {
                                let reply = try await connection.send(RedisCommand("ECHO", "\(task)/\(round)"))
                                #expect(reply.string == "\(task)/\(round)")
                                if round % 10 == 0 {
                                    let batch = try await connection.pipeline(
                                        (0..<3).map { RedisCommand("ECHO", "\(task)b\($0)") })
                                    #expect(batch.map(\.string) == (0..<3).map { "\(task)b\($0)" }, "round \(round)")
                                }
                            }
                        }
                    }
                    try await group.waitForAll()
                }
            }
            await connection.close()
        }
    }

    @Test("Output beyond the socket's capacity is written when the socket becomes writable")
    func fullSocket() async throws {
        try await withServer { server in
            let connection = try await RedisConnection.connect(server.configuration)
            let value = [UInt8](repeating: 7, count: 1 << 20)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for task in 0..<32 {
                    group.addTask {
                        let key = RedisArgument.string("big\(task)")
                        _ = try await connection.send(RedisCommand("SET", arguments: [key, .bytes(value)]))
                        let reply = try await connection.send(RedisCommand("STRLEN", arguments: [key]))
                        #expect(reply.integerValue == 1 << 20, "task \(task)")
                    }
                }
                try await group.waitForAll()
            }
            await connection.close()
        }
    }

    @Test("A cancelled command throws at once, and its late reply goes to no other caller")
    func cancellation() async throws {
        try await withServer { server in
            let connection = try await RedisConnection.connect(server.configuration)
            let other = try await RedisConnection.connect(server.configuration)
            let blocked = Task { try await connection.send(RedisCommand("BLPOP", "list", "0")) }
            try await eventually("the command blocks") {
                try await other.clients().contains { $0.contains("cmd=blpop") }
            }
            let next = Task { try await connection.send(RedisCommand("ECHO", "next")) }
            blocked.cancel()
            let error = try await redisError { _ = try await blocked.value }
            #expect(error.code == .cancelled)
            #expect(error.outcomeUnknown)
            _ = try await other.send(RedisCommand("RPUSH", "list", "late"))
            #expect(try await next.value.string == "next")

            let unsent = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await connection.send(RedisCommand("INCR", "never"))
            }
            let early = try await redisError { _ = try await unsent.value }
            #expect(early.code == .cancelled)
            #expect(!early.outcomeUnknown)
            #expect(try await connection.send(RedisCommand("EXISTS", "never")) == .integer(0))
            await connection.close()
            await other.close()
        }
    }

    @Test("An empty command is refused, and the connection stays usable")
    func emptyCommand() async throws {
        try await withServer { server in
            let connection = try await RedisConnection.connect(server.configuration)
            #expect(try await redisError { _ = try await connection.send(RedisCommand()) }.code == .protocolError)
            #expect(try await connection.send(RedisCommand("PING")) == .status("PONG"))
            await connection.close()
        }
    }

    @Test("A script runs by its hash, and by its source after SCRIPT FLUSH")
    func scripts() async throws {
        let script = RedisScript(name: "add", source: "return redis.call('INCRBY', KEYS[1], ARGV[1])")
        try await withServer { server in
            let pool = RedisPool(server.configuration)
            #expect(try await pool.run(script, keys: ["n"], arguments: [2]) == .integer(2))
            #expect(try await pool.send(RedisCommand("SCRIPT", "EXISTS", script.sha1)) == .array([.integer(1)]))
            #expect(try await pool.run(script, keys: ["n"], arguments: [3]) == .integer(5))
            _ = try await pool.send(RedisCommand("SCRIPT", "FLUSH"))
            #expect(try await pool.run(script, keys: ["n"], arguments: [4]) == .integer(9))
            let error = try await redisError { _ = try await pool.run(script, keys: ["n"], arguments: ["x"]) }
            #expect(error.code == .serverError)
            await pool.close()
        }
    }
}
