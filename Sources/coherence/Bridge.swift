import ArgumentParser
import BridgeTrial
import EventBridge
import Foundation
import PrometheusMetrics
import RedisClient
import Reporting
import ScenarioRunner
import Scenarios

struct Bridge: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure the event bridge between processes: what arrives, what is lost, how fast.",
        discussion: """
            Starts instances as processes of their own, lets them publish to each other at a steady rate, and collects what \
            each of them was given. The exit code is 0 if everything arrived once, in time and at nobody it should not; 1 if \
            anything was lost, doubled or received by its publisher; 2 if only the latency was missed; 3 if something could \
            not be judged.
            """)

    @Option(help: "How many processes, 2 to 500.")
    var instances = 5

    @Option(help: "How many of them publish, the first ones; without it all. All of them subscribe.")
    var publishers: Int?

    @Option(help: ArgumentHelp("For how long they publish, as 30s, 500ms.", valueName: "time"))
    var duration = "30s"

    @Option(help: ArgumentHelp("Events in a second, of all publishers together, as 1000/s.", valueName: "rate"))
    var rate = "1000/s"

    @Option(help: ArgumentHelp("The size of an event's payload, as 64 B.", valueName: "size"))
    var payload = "64 B"

    @Option(help: "How events travel: pub-sub, streams or tracking.")
    var transport = BridgeTransport.pubSub

    @Option(help: "What to let go wrong: restart-redis, kill-subscribers or slow-subscriber. Not with --redis.")
    var fault: TrialPlan.Fault?

    @Option(
        help: ArgumentHelp(
            "A Redis server to use, as redis://[user:password@]host:port[/database] or unix:///path.", valueName: "url")
    )
    var redis: String?

    @Option(
        help: ArgumentHelp(
            "Serve figures for a Prometheus server under /metrics, brought up to date every second: PORT (of 127.0.0.1) or HOST:PORT.",
            valueName: "address"))
    var metrics: ListeningAddress?

    @Option(help: "What to print on standard output: text or json.")
    var format: Run.Format = .text

    func run() async throws {
        var trial = BridgeTrial(
            try plan(), redis: try Run.source(redis), program: try program(),
            arguments: [BridgeInstance.configuration.commandName ?? ""])
        let metricsPage = try await MetricsPage.open(at: metrics, help: BridgeMetrics.help) { BridgeMetrics($0) }
        if let metricsPage { trial.onProgress = { metricsPage.metrics.update($0) } }
        let interruption = Interruption()
        let outcome = await interruption.run { [trial] () -> Result<TrialResult, any Error> in
            do { return .success(try await trial.run()) } catch { return .failure(error) }
        }
        await metricsPage?.close()
        if let signal = interruption.signal { throw ArgumentParser.ExitCode(128 + signal) }
        let result: TrialResult
        do {
            result = try outcome.get()
        } catch let error as WorldError {
            Console.error("coherence: \(error)")
            throw ArgumentParser.ExitCode(Reporting.ExitCode.unknown.rawValue)
        }
        switch format {
        case .json: Console.output(try BridgeJSONReport(result, version: Coherence.version).encoded())
        case .text: Console.output(BridgeTerminalReport(isColoured: Console.wantsColour).text(result))
        }
        throw ArgumentParser.ExitCode(Reporting.ExitCode(result.verdict).rawValue)
    }

    private func plan() throws -> TrialPlan {
        guard (2...500).contains(instances) else {
            throw ValidationError("--instances: found \(instances), expected a whole number from 2 to 500")
        }
        let publishers = publishers ?? instances
        guard (1...instances).contains(publishers) else {
            throw ValidationError("--publishers: found \(publishers), expected a whole number from 1 to \(instances)")
        }
        guard let time = Duration(text: duration), time > .zero, time <= .seconds(86_400) else {
            throw ValidationError("--duration: found \(duration), expected a time such as 500ms, 30s, at most a day")
        }
        let number = rate.hasSuffix("/s") ? String(rate.dropLast(2)) : rate
        guard let perSecond = Int(number), (1...1_000_000).contains(perSecond) else {
            throw ValidationError("--rate: found \(rate), expected a rate such as 1000/s, from 1/s to 1000000/s")
        }
        guard let size = Int(sizeText: payload), (0...1_000_000).contains(size) else {
            throw ValidationError("--payload: found \(payload), expected a size such as 64 B, at most 1 MB")
        }
        guard fault == nil || redis == nil else {
            throw ValidationError(
                "--fault needs a server of the run's own, so it cannot be given together with --redis")
        }
        return TrialPlan(
            instances: instances, publishers: publishers, seconds: time / .seconds(1), rate: perSecond, payload: size,
            transport: transport, fault: fault)
    }

    private func program() throws -> String {
        guard let path = Bundle.main.executablePath else {
            throw WorldError(
                .hostUnusable, "the path of this program is not known", advice: "Call it by its full path")
        }
        return path
    }
}

extension BridgeTransport: ExpressibleByArgument {}
extension TrialPlan.Fault: ExpressibleByArgument {}
