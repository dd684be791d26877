import Foundation
import Simulation
import Support
import Testing

/// The examples of README.md and Documentation/Simulation.md.
@Suite struct ExampleTests {
    @Test("The README's test of an actor finds the user that a late fill brings back")
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

    @Test("The code in the README is the code of this test")
    func readmeShowsIt() throws {
        let here = URL(filePath: #filePath)
        let root = here.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let readme = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
        func lines(of text: some StringProtocol) -> [String] {
            text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        }
        let blocks = readme.split(separator: "```", omittingEmptySubsequences: false)
        let block = try #require(blocks.first { $0.contains("Simulation.explore") })
        // Without the word "swift", the line of the test and its closing brace.
        let shown = lines(of: block).dropFirst(2).dropLast()
        let tested = lines(of: try String(contentsOf: here, encoding: .utf8))
        #expect(shown.count >= 5)
        #expect(tested.contains(shown))
    }

    @Test("Five lines explore a cache; the stale fill is found, shrunk, described and replayed")
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
        let error = #expect(throws: CheckFailure.self) { try again.get() }
        #expect(error?.message == "key 7: version 1 is kept for good")
    }
}

/// An actor that loads outside of its isolation, as one that awaits a database, and stores the result.
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
