import ArgumentParser
import ScenarioRunner

/// The reference cache as a subject like any other: an adapter, to be given as `--subject 'coherence reference-cache'`.
struct ReferenceCacheCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reference-cache",
        abstract: "Serve the reference cache as a subject: an adapter for --subject, and no command for people.",
        discussion: """
            What it is to be, the scenario says under config: layers ("L1 L2 redis"), invalidation (acknowledged or \
            announced), lease (1h), defects (names with spaces between them).
            """,
        shouldDisplay: false)

    func run() async throws {
        await AdapterServer(ReferenceCache.subject).run()
    }
}
