#if os(Linux)
    import SimulatedRedis
    import SimulatedSharedTier
    import Testing

    @Suite("The scripts in Swift do what the scripts in Lua do")
    struct ScriptDifferentialTests {
        /// 2 × 50 × 500 = 50,000 invocations.
        @Test("Random invocations are answered alike, send the same, and leave the same keys", arguments: 0..<2)
        func randomInvocations(_ part: UInt64) throws {
            let server = try RealServer()
            defer { server.stop() }
            let comparison = Comparison(server: server, scripts: CacheScripts.all)
            for number in 0..<50 {
                var generator = ScriptGenerator(seed: part * 1_000 + UInt64(number), scripts: CacheScripts.all)
                try comparison.run(generator.steps(500))
            }
        }
    }
#endif
