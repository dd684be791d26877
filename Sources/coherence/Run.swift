import ArgumentParser
import CacheHierarchy
import Foundation
import History
import Processes
import PrometheusMetrics
import RedisClient
import Reporting
import ScenarioRunner
import Scenarios

struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run scenarios and judge them.",
        discussion: """
            A private redis-server is started for the run and ended with it, unless --redis names one. On a server that is \
            not its own, the run touches only keys under a prefix of its own in database 15 (or the one that the URL \
            names), and removes them; coherence clean removes those of runs that were killed.
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

    @OptionGroup var files: ScenarioFiles
    @OptionGroup var only: VariantOption
    @OptionGroup var set: SetOption

    @Option(help: "Where to run: live (a real Redis, real disks, the real clock), simulated (virtual time), or both.")
    var world: Worlds = .live

    enum Worlds: String, ExpressibleByArgument, CaseIterable {
        case live, simulated, both

        var worlds: [World] {
            switch self {
            case .live: [.live]
            case .simulated: [.simulated]
            case .both: [.live, .simulated]
            }
        }
    }

    @Option(
        help: ArgumentHelp(
            "A Redis server to use, as redis://[user:password@]host:port[/database] or unix:///path.", valueName: "url")
    )
    var redis: String?

    @Option(help: KeyLifetime.help)
    var keyLifetime: KeyLifetime?

    @Option(
        help: "Names the workload: the same seed draws the same operations. Without it: a new one, which is printed.")
    var seed: UInt64?

    @Option(name: .customLong("repeat"), help: "Run each scenario this many times, with one seed after the other.")
    var repetitions: Int = 1

    @OptionGroup var defect: DefectOption

    @OptionGroup var subject: SubjectOption

    @OptionGroup var timeout: TimeoutOption

    @Option(
        help: ArgumentHelp(
            "Write what was recorded, for coherence check: into this file if there is one run, into this folder otherwise.",
            valueName: "path"))
    var history: String?

    @Option(
        help: ArgumentHelp(
            "Serve figures of the runs for a Prometheus server under /metrics, while the command goes on: PORT (of 127.0.0.1) or HOST:PORT.",
            valueName: "address"))
    var metrics: ListeningAddress?

    @OptionGroup var report: ReportOption

    @OptionGroup var keeping: KeepingOption

    @OptionGroup var detail: DetailOption

    @Option(help: "What to print on standard output: text or json.")
    var format: Format = .text

    func validate() throws {
        if subject.subject != nil, !defect.defects.isEmpty {
            throw ValidationError("--defect is a bug of the reference cache, and --subject names another cache")
        }
        if subject.subject != nil, world != .live {
            throw ValidationError("--subject is a process, which runs in the live world")
        }
        guard (1...1_000_000).contains(repetitions) else {
            throw ValidationError("--repeat takes a whole number from 1 to 1000000, not \(repetitions)")
        }
        if redis != nil, world == .simulated {
            throw ValidationError(
                "--redis: found it with --world simulated; expected live or both, as no other world has a Redis")
        }
        try KeyLifetime.check(keyLifetime, redis: redis)
    }

    func run() async throws {
        let (all, unnamed) = try files.loadForRunning(set.overrides())
        let scenarios = try subject.applied(to: try only.chosen(of: all))
        try defect.check(only.variants(of: scenarios), worlds: world.worlds)
        var configuration = ScenarioRunner.Configuration()
        configuration.worlds = world.worlds
        configuration.redis = try Self.source(redis)
        configuration.keyLifetime = keyLifetime?.duration
        configuration.defects = defect.defects
        configuration.timeout = timeout.duration
        configuration.variant = only.variant
        configuration.instanceProgram = InstanceCommand.program
        let chosenSeed = seed ?? UInt64.random(in: 1...999_999_999)
        let seeds = (0..<UInt64(repetitions)).map { chosenSeed &+ $0 }
        let plan = RunPlan(
            scenarios, worlds: world.worlds, seeds: seeds, variant: only.variant, unnamed: unnamed)
        let reports = try ReportFiles(report, format: format)
        var session = RunSession(
            scenarios: scenarios, configuration: configuration, seeds: seeds, plan: plan, reports: reports)
        session.redis = Self.shown(redis)
        session.format = format
        session.detail = detail.chosen
        session.histories = try histories(runs: plan.countOfClusters)
        session.evidence = keeping.folder
        session.metrics = try await MetricsPage.open(at: metrics, help: RunMetrics.help) { RunMetrics($0) }
        throw try await session.run().1
    }

    /// The server's URL without its password.
    static func shown(_ redis: String?) -> String? {
        let isPasswordGiven = ProcessInfo.processInfo.environment[passwordVariable] != nil
        return redis.map { RedisConfiguration.withoutPassword($0, isPasswordGiven: isPasswordGiven) }
    }

    private func histories(runs: Int) throws -> HistoryOutput? {
        do {
            return try history.map { try HistoryOutput(path: $0, runs: runs) }
        } catch {
            throw ValidationError("--history: \("\(error)".printable)")
        }
    }

    /// Holds the password of the server that `--redis` names, where the URL has none.
    private static let passwordVariable = "COHERENCE_REDIS_PASSWORD"

    /// The server that `--redis` names, or one of the run's own.
    /// - Parameter environment: `COHERENCE_REDIS_PASSWORD` is the password if the URL has none.
    static func source(
        _ redis: String?, environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws -> RedisServer.Source {
        guard let redis else { return .privateServer }
        do throws(RedisError) {
            // Out of the list of processes, which everybody on the machine can read.
            var configuration = try RedisConfiguration(url: redis, password: environment[Self.passwordVariable])
            if !RedisServer.namesDatabase(redis) { configuration.database = RedisServer.defaultDatabase }
            configuration.clientName = "coherence"
            return .given(configuration)
        } catch {
            throw ValidationError("--redis: \(error.summary). \(error.advice)".printable)
        }
    }
}
