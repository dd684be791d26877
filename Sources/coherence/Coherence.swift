import ArgumentParser
import Foundation
import Reporting

@main
struct Coherence: AsyncParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "coherence",
        abstract: "Proves or refutes that a multi-layer cache stays coherent.",
        discussion: """
            Scenarios are YAML files that declare a cluster, its data, what happens to it, what must hold and how fast. \
            The exit code is 0 for a pass, 1 for a violation of coherence, 2 for a missed target, 3 if something could not \
            be judged, 64 for a wrong call or a wrong file, 70 if the run itself failed.
            """,
        version: version,
        subcommands: [
            Run.self, Check.self, Explore.self, Replay.self, Bridge.self, BridgeInstance.self, InstanceCommand.self,
            Validate.self, List.self, Clean.self,
        ])

    /// An error that nothing foresaw is the command's own failure, not a verdict on a cache.
    static func main() async {
        // A file that may grow no further is an error of the write, and not the end of the process.
        signal(SIGXFSZ, SIG_IGN)
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let code as ArgumentParser.ExitCode {
            exit(withError: code)
        } catch let error where exitCode(for: error) == .failure {
            Console.error("coherence: \(error)")
            exit(withError: ArgumentParser.ExitCode(Reporting.ExitCode.internalError.rawValue))
        } catch {
            exit(withError: error)
        }
    }
}
