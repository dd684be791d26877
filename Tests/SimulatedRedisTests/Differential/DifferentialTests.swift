#if os(Linux)
    import Testing

    /// The real server's clock is set through `LD_PRELOAD`, which is why this is for Linux.
    @Suite("The model does what the server does")
    struct DifferentialTests {
        /// 4 × 60 × 500 = 120,000 commands.
        @Test("Random commands of several connections are answered alike, to the byte", arguments: 0..<4)
        func randomCommands(_ part: UInt64) throws {
            let server = try RealServer()
            defer { server.stop() }
            let comparison = Comparison(server: server)
            for number in 0..<60 {
                var generator = CommandGenerator(seed: part * 1_000 + UInt64(number))
                try comparison.run(generator.steps(500))
            }
        }
    }
#endif
