import ArgumentParser
import BridgeTrial
import Foundation
import Processes

/// What `bridge`, and `run` for a scenario of an event bridge, start for each instance. It is told on standard input what
/// to do, and ends with it.
struct BridgeInstance: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "bridge-instance", shouldDisplay: false)

    func run() async throws {
        try await TrialInstance().run()
    }

    /// This program, called like that; `nil` if its path is not known.
    static var program: InstanceProgram? {
        Bundle.main.executablePath.map {
            InstanceProgram(path: $0, arguments: [configuration.commandName ?? "bridge-instance"])
        }
    }
}
