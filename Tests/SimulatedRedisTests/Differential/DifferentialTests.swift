#if os(Linux)
    import TestSupport
    import Testing

    /// `LD_PRELOAD` sets the clock of the real server, so these tests need Linux.
    @Suite("The model behaves as the real server", .computing)
    struct DifferentialTests {
        @Test("Rare sequences get the same answers")
        func rareMoments() async throws {
            try await RealServer.use { server in
                for (name, lines) in RareMoments.all {
                    do {
                        _ = try Comparison(server: server).run(RareMoments.steps(lines))
                    } catch {
                        throw Unusable(reason: "\(name): \(error)")
                    }
                }
            }
        }

        /// 200 × 500 = 100,000 commands.
        @Test("Random commands of several connections get the same answers, byte by byte")
        func randomCommands() async throws {
            let tally = try await RealServer.use { server in
                let comparison = Comparison(server: server)
                var tally = Tally()
                for seed in 0..<200 as Range<UInt64> {
                    var generator = CommandGenerator(seed: seed)
                    tally.add(try comparison.run(generator.steps(500)))
                }
                return tally
            }
            for name in CommandGenerator.names {
                #expect(tally.successes(of: name) >= 20, "\(name) hardly ever succeeded")
            }
            #expect(tally.messages >= 1_000)
        }
    }
#endif
