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
