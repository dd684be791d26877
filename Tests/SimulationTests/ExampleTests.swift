import Foundation
import Locking
import Simulation
import Testing

/// What README.md and Documentation/Simulation.md show.
@Suite struct ExampleTests {
    @Test("The README's test of an actor of one's own finds the user that a late fill brings back")
    func ownActor() throws {
        let failure = try #require(throws: ExplorationFailure.self) {
            try Simulation.explore(schedules: 1_000) {
                let cache = UserCache()
                async let reading: Void = cache.fill("ann")
                async let deleting: Void = cache.delete("ann")
                _ = await (reading, deleting)
                try Simulation.check(await cache.kept.isEmpty, "a deleted user is still cached")
            }
        }
        #expect(failure.schedules <= 100)
        #expect("\(failure)".contains("a deleted user is still cached"))
    }

    @Test("What the README shows is what was run here")
    func readmeShowsIt() throws {
        let here = URL(filePath: #filePath)
        let root = here.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let readme = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
        func lines(of text: some StringProtocol) -> [String] {
            text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        }
        let blocks = readme.split(separator: "```", omittingEmptySubsequences: false)
        let block = try #require(blocks.first { $0.contains("Simulation.explore") })
        // Without the word "swift", the test's own line and its closing brace.
        let shown = lines(of: block).dropFirst(2).dropLast()
        let tested = lines(of: try String(contentsOf: here, encoding: .utf8))
        #expect(shown.count >= 5)
        #expect(tested.contains(shown))
    }

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

/// Loads outside of its own isolation, as an actor does that awaits a database, and keeps what it got.
private actor UserCache {
    private(set) var kept: Set<String> = []
    private let stored = Lock<Set<String>>(["ann"])

    nonisolated func fill(_ user: String) async {
        await Simulation.point("load")
        let exists = stored.withLock { $0.contains(user) }
        await Simulation.point("keep")
        if exists { await keep(user) }
    }

    nonisolated func delete(_ user: String) async {
        await Simulation.point("delete")
        stored.withLock { _ = $0.remove(user) }
        await drop(user)
    }

    private func keep(_ user: String) { kept.insert(user) }
    private func drop(_ user: String) { kept.remove(user) }
}
