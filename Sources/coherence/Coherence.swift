import ArgumentParser
import Foundation
import History
import Processes
import Reporting
import Support

@main
struct Coherence: AsyncParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "coherence",
        abstract: "Proves or refutes that a multi-layer cache stays coherent.",
        discussion: """
            Scenarios are YAML files that declare a cluster, its data, what happens to it, what must hold and how fast. \
            The exit code is 0 for a pass, 1 for a violation of coherence, 2 for a missed target, 3 if something could not \
            be judged, 64 for a wrong call or a wrong file, 70 if the run itself failed or its output was lost.
            """,
        version: version,
        subcommands: [
            Run.self, Gate.self, Check.self, Explore.self, Replay.self, Bridge.self, BridgeInstance.self,
            InstanceCommand.self, ReferenceCacheCommand.self,
            Validate.self, List.self, Explain.self, Clean.self, Subject.self, Demo.self, Init.self,
        ])

    static func main() async {
        // A file that may grow no further is an error of the write, and not the end of the process.
        signal(SIGXFSZ, SIG_IGN)
        StandardOutput.prepare()
        do throws(WorldError) {
            // With fewer the system's libraries end the process before a subcommand could say why.
            try OpenFileLimit.require(16, for: "coherence")
        } catch {
            Console.error("coherence: \(error.description)")
            Ending.exit(Reporting.ExitCode.unknown.rawValue)
        }
        let arguments = Array(CommandLine.arguments.dropFirst())
        Ending.exit(await code(for: arguments))
    }

    /// Runs what the arguments say.
    static func code(for arguments: [String]) async -> Int32 {
        do {
            var command = try parseAsRoot(arguments)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            return Reporting.ExitCode.pass.rawValue
        } catch let code as ArgumentParser.ExitCode {
            return code.rawValue
        } catch let error where exitCode(for: error) == .failure {
            // An error that nothing foresaw is the command's own failure, not a verdict on a cache.
            Console.failure(error)
            return Reporting.ExitCode.internalError.rawValue
        } catch {
            let message = Self.message(of: error, called: arguments)
            let code = exitCode(for: error)
            if !message.isEmpty { code.isSuccess ? Console.output(message) : Console.error(message) }
            return code.rawValue
        }
    }

    /// What is said of a call, with the words of the call made printable.
    private static func message(of error: any Error, called arguments: [String]) -> String {
        // The value behind an equals sign is quoted by itself.
        let values = arguments.compactMap { word in
            word.firstIndex(of: "=").map { word[word.index(after: $0)...] }
        }
        let words = arguments + values.map(String.init)
        let message = withNearestWord(fullMessage(for: error), called: arguments)
        return words.filter { !$0.isPrintable }.sorted { $0.count > $1.count }.reduce(message) {
            $0.replacing($1, with: $1.printable)
        }
    }

    /// What is said of a call, with the word that was probably meant: a subcommand, or one of the values of an option.
    static func withNearestWord(_ message: String, called arguments: [String]) -> String {
        var lines = message.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard let first = lines.first else { return message }
        let commands = configuration.subcommands.filter { $0.configuration.shouldDisplay }.map { $0._commandName }
        if let word = arguments.first, first.contains(#/nexpected arguments?:? '/#), first.contains("'\(word)'") {
            guard let meant = NearestWord.suggestion(for: word, among: commands) else { return message }
            lines[0] = "\(first). Did you mean '\(meant)'?"
        } else if let match = first.firstMatch(
            of: #/^Error: The value '(.*)' is invalid for '.*(Please provide one of.*)/#)
        {
            // The values are listed in the line, or below it.
            let listed = lines.filter { $0.hasPrefix("  - ") }.map { String($0.dropFirst(4)) }
            let quoted = match.2.matches(of: #/'([^']*)'/#).map { String($0.1) }
            guard let meant = NearestWord.suggestion(for: String(match.1), among: listed + quoted) else {
                return message
            }
            lines[0] = first.replacing(match.2, with: "Did you mean '\(meant)'? \(match.2)")
        }
        return lines.joined(separator: "\n")
    }
}
