import ArgumentParser
import History
import Processes
import RedisClient
import Reporting

struct Clean: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Remove what runs that were killed have left on a Redis.",
        discussion: """
            Keys of runs that are alive stay: a run counts as alive while it has a connection to the server, and for up to \
            15 seconds after its last sign of life. Without this command the keys expire by themselves.
            """)

    @Option(
        help: ArgumentHelp(
            "The server, as redis://[user:password@]host:port[/database] or unix:///path.", valueName: "url"))
    var redis: String

    func run() async throws {
        guard case .given(let configuration) = try Run.source(redis) else { return }
        do {
            let runs = try await GuestCleaning.clean(configuration)
            for run in runs {
                let keys = run.keys == 1 ? "1 key" : "\(run.keys) keys"
                Console.output(
                    run.isAlive
                        ? "left \(keys) of the run \("\(run.id)".printable), which is alive, or was 15 s ago: once more then, if it was killed"
                        : "removed \(run.removed) of \(keys) of the run \("\(run.id)".printable)")
            }
            if runs.isEmpty { Console.output("no run has left any key") }
        } catch let error as RedisError {
            let refusal = error.refusal.map { "it \($0.meaning). " } ?? ""
            Console.error(
                "coherence: the Redis at \(configuration.endpoint) cannot be cleaned: \(refusal)\(error)".printable)
            throw ArgumentParser.ExitCode(Reporting.ExitCode.unknown.rawValue)
        }
    }
}
