#if os(Linux)
    import SimulatedRedis
    import SimulatedSharedTier
    import TestSupport
    import Testing

    @Suite("The scripts in Swift do what the scripts in Lua do", .computing)
    struct ScriptDifferentialTests {
        /// 100 × 500 = 50,000 invocations.
        @Test("Random invocations get the same answers, send the same messages, and leave the same keys")
        func randomInvocations() async throws {
            let tally = try await RealServer.use { server in
                let comparison = Comparison(server: server, scripts: CacheScripts.all)
                var tally = Tally()
                for seed in 0..<100 as Range<UInt64> {
                    var generator = ScriptGenerator(seed: seed, scripts: CacheScripts.all)
                    tally.add(try comparison.run(generator.steps(500)))
                }
                return tally
            }
            let frequent = [
                "read hit", "read miss", "read held", "inspect list", "fill 0", "fill 1", "fill-many list",
                "announce list", "renew list",
                "members list", "logical-time string", "exec list", "read error",
            ]
            for answer in frequent {
                #expect(tally.counts[answer] ?? 0 >= 20, "hardly ever: \(answer)")
            }
            #expect(tally.counts["fill error"] ?? 0 >= 5)
            #expect(tally.counts["fill-many error"] ?? 0 >= 5)
            #expect(tally.messages >= 5_000)
        }
    }
#endif
