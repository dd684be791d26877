import Simulation
import Testing

/// What Documentation/Simulation.md shows.
@Suite struct ExampleTests {
    @Test("Five lines explore a cache; the stale fill is found, shrunk, told and replayed")
    func fiveLines() throws {
        let failure = try #require(throws: ExplorationFailure.self) {
            try Simulation.explore(schedules: 1_000) {
                let cache = ToyCache()
                async let reading: Void = Simulation.named("reader") { await cache.read(7) }
                async let writing: Void = Simulation.named("writer") { await cache.write(7) }
                _ = await (reading, writing)
                try cache.check()
            }
        }
        #expect(failure.schedules <= 100)
        #expect(failure.switches <= 6)
        let story = failure.description
        #expect(
            story.contains(
                """
                   2. reader  look up, load
                   3. writer  store, invalidate
                   4. reader  fill
                """), "\(story)")

        let again = try Simulation.replay(failure.token.description) {
            let cache = ToyCache()
            async let reading: Void = Simulation.named("reader") { await cache.read(7) }
            async let writing: Void = Simulation.named("writer") { await cache.write(7) }
            _ = await (reading, writing)
            try cache.check()
        }
        #expect(again.trace.hash == failure.token.traceHash)
        #expect(throws: CheckFailure.self) { try again.get() }
    }
}
