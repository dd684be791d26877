import ArgumentParser
import BridgeTrial

/// What `bridge` starts for each instance. It is told on standard input what to do, and ends with it.
struct BridgeInstance: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "bridge-instance", shouldDisplay: false)

    func run() async throws {
        try await TrialInstance().run()
    }
}
