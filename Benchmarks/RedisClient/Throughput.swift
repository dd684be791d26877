import RedisClient

/// GET of one key of 32 bytes, by several tasks and in batches.
enum Throughput {
    static func measure(_ configuration: RedisConfiguration) async throws {
        let pool = RedisPool(configuration)
        _ = try await pool.send(RedisCommand("SET", "benchmark:key", String(repeating: "x", count: 32)))
        try await tasks(1, each: 5_000, pool, name: "warm-up")
        try await tasks(1, each: 20_000, pool, name: "get-1")
        try await tasks(20, each: 10_000, pool, name: "get-20")
        try await tasks(200, each: 1_500, pool, name: "get-200")
        try await batches(3_000, of: 100, pool, name: "pipeline-100")
        await pool.close()
    }

    private static func tasks(_ count: Int, each rounds: Int, _ pool: RedisPool, name: String) async throws {
        let start = now()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<count {
                group.addTask {
                    for _ in 0..<rounds {
                        let reply = try await pool.send(RedisCommand("GET", "benchmark:key"))
                        precondition(!reply.isNull)
                    }
                }
            }
            try await group.waitForAll()
        }
        RedisBenchmark.report(name, Double(count * rounds) / (now() - start))
    }

    /// Every command is made anew, as the C program formats each one.
    private static func batches(_ rounds: Int, of size: Int, _ pool: RedisPool, name: String) async throws {
        let start = now()
        for _ in 0..<rounds {
            let commands = (0..<size).map { _ in RedisCommand("GET", "benchmark:key") }
            let replies = try await pool.pipeline(commands)
            precondition(replies.count == size)
        }
        RedisBenchmark.report(name, Double(rounds * size) / (now() - start))
    }
}
