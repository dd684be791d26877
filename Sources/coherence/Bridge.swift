import ArgumentParser
import BridgeTrial
import EventBridge
import Foundation
import History
import Processes
import PrometheusMetrics
import RedisClient
import Reporting
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
    var transport = BridgeDeclaration.Transport.pubSub

    @Option(
        help: """
            What to let go wrong: restart-redis, kill-subscribers, slow-subscriber, or restart-subscriber, which alone may be \
            given with --redis.
            """)
    var fault: BridgeDeclaration.Fault?

    @Option(
        help: """
            Give the instance that restart-subscriber starts again a deliberate bug, to see that it is caught: \
            forgotten-position or forgotten-deliveries.
            """)
    var defect: TrialPlan.Defect?

    @Option(
        help: ArgumentHelp(
            "A Redis server to use, as redis://[user:password@]host:port[/database] or unix:///path.", valueName: "url")
    )
    var redis: String?

    @Option(help: KeyLifetime.help)
    var keyLifetime: KeyLifetime?

    @Option(
        help: ArgumentHelp(
            "Serve figures for a Prometheus server under /metrics, brought up to date every second: PORT (of 127.0.0.1) or HOST:PORT.",
            valueName: "address"))
    var metrics: ListeningAddress?

    @OptionGroup var timeout: TimeoutOption

    @Option(help: "What to print on standard output: text or json.")
    var format: Run.Format = .text

    func validate() throws { try KeyLifetime.check(keyLifetime, redis: redis) }

    func run() async throws {
        let scenario = BridgeScenario.measuring(try declaration())
        guard let program = BridgeInstance.program else {
            throw WorldError(
                .hostUnusable, "the path of this program is not known", advice: "Call it by its full path")
        }
        var runner = BridgeRunner(program: program)
        runner.redis = try Run.source(redis)
        runner.keyLifetime = keyLifetime?.duration
        runner.onRemains = { Console.error("coherence: \($0)".printable) }
        runner.timeout = timeout.duration
        let metricsPage = try await MetricsPage.open(at: metrics, help: BridgeMetrics.help) { BridgeMetrics($0) }
        if let metricsPage { runner.onProgress = { metricsPage.metrics.update($0) } }
        let interruption = Interruption()
        let defect = defect
        let run = await interruption.run { [runner] in await runner.run(scenario, defect: defect) }
        await metricsPage?.close()
        if run.trial == nil { Console.error("coherence: \((run.failure ?? "nothing was measured").printable)") }
        switch format {
        case .json:
            let report = BridgeJSONReport(run, version: Coherence.version, signal: interruption.signal)
            Console.output(document: try report.encoded())
        case .text:
            guard let trial = run.trial else { break }
            Console.output(BridgeTerminalReport(isColoured: Console.wantsColour).text(run, trial))
        }
        if let signal = interruption.signal { throw ArgumentParser.ExitCode(128 + signal) }
        throw ArgumentParser.ExitCode(Reporting.ExitCode(run.verdict).rawValue)
    }

    private func declaration() throws -> BridgeDeclaration {
        let possible = BridgeDeclaration.possibleInstances
        guard possible.contains(instances) else {
            throw ValidationError(
                "--instances: found \(instances), expected a whole number from \(possible.lowerBound) to "
                    + "\(possible.upperBound)")
        }
        let publishers = publishers ?? instances
        guard (1...instances).contains(publishers) else {
            throw ValidationError("--publishers: found \(publishers), expected a whole number from 1 to \(instances)")
        }
        guard let time = Duration(text: duration), time > .zero, time <= BridgeDeclaration.longestDuration else {
            throw ValidationError("--duration: found \(duration), expected a time such as 500ms, 30s, at most a day")
        }
        let number = rate.hasSuffix("/s") ? String(rate.dropLast(2)) : rate
        guard let perSecond = Int(number), BridgeDeclaration.possibleRates.contains(perSecond) else {
            throw ValidationError("--rate: found \(rate), expected a rate such as 1000/s, from 1/s to 1000000/s")
        }
        guard let size = Int(sizeText: payload), BridgeDeclaration.possiblePayloads.contains(size) else {
            throw ValidationError("--payload: found \(payload), expected a size such as 64 B, at most 1 MiB")
        }
        if let fault, fault.needsOwnServer, redis != nil {
            throw ValidationError(
                "--fault needs a server of the run's own, so it cannot be given together with --redis")
        }
        if defect != nil, fault != .restartSubscriber {
            throw ValidationError("--defect is one of an instance that is started again: --fault restart-subscriber")
        }
        let last = fault?.hitsLastInstance == true ? instances - 1 : instances
        return BridgeDeclaration(
            instances: instances, publishers: Array(0..<min(publishers, last)), duration: time, rate: perSecond,
            payload: size, transport: transport, fault: fault)
    }
}

extension BridgeDeclaration.Transport: ExpressibleByArgument {}
extension BridgeDeclaration.Fault: ExpressibleByArgument {}
extension TrialPlan.Defect: ExpressibleByArgument {}
