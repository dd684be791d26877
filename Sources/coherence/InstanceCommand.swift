import ArgumentParser
import Foundation
import Processes
import ScenarioRunner

/// What `run` starts for each instance of a scenario whose instances are processes. It is told on standard input what
/// to do, and ends with it.
struct InstanceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "instance", shouldDisplay: false)

    func run() async throws {
        try await InstanceHost().run()
    }

    /// This program, called like that; `nil` if its path is not known.
    static var program: InstanceProgram? {
        Bundle.main.executablePath.map {
            InstanceProgram(path: $0, arguments: [configuration.commandName ?? "instance"])
        }
    }
}

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
