import ArgumentParser
import BridgeTrial
import Foundation
import History
import Judging
import Processes
import Reporting
import ScenarioRunner
import Scenarios
import Support

/// Runs scenarios, and prints, writes and serves what comes of them.
struct RunSession: Sendable {
    let scenarios: [DeclaredScenario]
    let configuration: ScenarioRunner.Configuration
    let seeds: [UInt64]
    let plan: RunPlan
    /// The server that was named, without its password.
    var redis: String?
    var format = Run.Format.text
    var detail = ReportDetail.usual
    var histories: HistoryOutput?
    var reports: ReportFiles
    /// Where histories of what failed are kept; `nil`: nowhere.
    var evidence: EvidenceFolder?
    /// How often a run that missed targets of speed alone is tried again.
    var again = 0
    /// Whether the first scenario that does not pass is the last one.
    var stopsAtFailure = false
    /// Whether the last line says if a gate is passed.
    var isGate = false
    var metrics: MetricsPage<RunMetrics>?

    /// - Returns: what came of it, and what the command exits with.
    func run() async throws -> (Report, ArgumentParser.ExitCode) {
        let circumstances = format == .json || !reports.isEmpty ? Circumstances.look() : nil
        let isPrinting = format == .text && !reports.takesStandardOutput
        let progress = ProgressLine(.standardError(detail != .quiet), total: plan.planned.count)
        let printer = RunPrinter(
            detail, redis: redis, isSeedTold: seeds.count > 1, isPrinting: isPrinting, progress: progress)
        let historyFailure = Lock<String?>(nil)
        var configuration = configuration
        configuration.onProgress = { event in
            progress.show(event)
            if detail == .verbose { Self.tellSkipped(event) }
            guard case .finished(let result) = event else { return }
            metrics?.metrics.add(result)
            do {
                try histories?.write(result)
            } catch {
                historyFailure.withLock { $0 = $0 ?? "\(error)" }
            }
            // Of an interrupted run somebody knows why it did not pass.
            // What is tried again is told when it is known what came of it.
            guard again == 0 else { return }
            if histories == nil, !Task.isCancelled { evidence?.keep(result) }
            printer.ended(result)
        }
        let bridges = BridgeScenarioRuns(
            redis: configuration.redis, keyLifetime: configuration.keyLifetime, program: BridgeInstance.program,
            timeout: configuration.timeout, progress: progress
        ) { run in
            metrics?.metrics.add(run)
            printer.ended(run)
        }
        let interruption = Interruption()
        var (report, obstacle) = await interruption.run { [configuration] in
            await runAll(configuration, bridges, printer)
        }
        report.signal = interruption.signal
        report.redis = redis
        report.circumstances = circumstances
        report.evidence = evidence?.kept ?? []
        let isCut = stopsAtFailure && report.verdict != .pass && !interruption.isStopped
        report.notRun += plan.notRun(
            without: report, because: obstacle ?? (isCut ? "an earlier one did not pass" : "it was interrupted"),
            isInterrupted: interruption.isStopped)
        await metrics?.close()
        progress.close()
        printer.summary(of: report, isGate: isGate)
        if let failure = evidence?.failure { Console.error("coherence: not kept: \(failure.printable)") }
        if format == .json { Console.output(document: try JSONReport(report).encoded()) }
        let isWritten = reports.write(.run(report))
        if let failure = historyFailure.withLock({ $0 }) { Console.error("coherence: --history: \(failure.printable)") }
        let isComplete = isWritten && historyFailure.withLock { $0 } == nil
        return (
            report,
            isComplete ? ArgumentParser.ExitCode(report.exitCode.rawValue) : Ending.withoutOutput(report.exitCode)
        )
    }

    private static func tellSkipped(_ event: ScenarioRunner.Progress) {
        guard case .skipped(let scenario, let world, let reason) = event else { return }
        let because = reason.map { ", because \($0)" } ?? ""
        Console.error("\(scenario): not run in the world \(world.rawValue)\(because)".printable)
    }

    /// - Returns: with what kept the rest from being run, if something did.
    private func runAll(
        _ configuration: ScenarioRunner.Configuration, _ bridges: BridgeScenarioRuns, _ printer: RunPrinter
    ) async -> (Report, obstacle: String?) {
        var report = Report(version: Coherence.version, results: [])
        let runner: ScenarioRunner?
        do {
            let isNeeded = scenarios.contains { $0.cluster != nil }
            runner = isNeeded ? try await ScenarioRunner.open(configuration) : nil
        } catch {
            Console.clearProgress()
            Console.failure(error)
            // What to do about it has been said.
            return (report, (error as? WorldError)?.message ?? "\(error)")
        }
        for scenario in scenarios where !(stopsAtFailure && report.isFailed) {
            for seed in seeds where !Task.isCancelled {
                switch scenario {
                case .cluster(let cluster):
                    var results = await runner?.run(cluster, seed: seed) ?? []
                    if again > 0, let runner {
                        results = await tried(results, of: cluster, runner, seed: seed)
                        for result in results where result.skipReason == nil {
                            if !Task.isCancelled { evidence?.keep(result) }
                            printer.ended(result)
                        }
                    }
                    printer.ended(cluster.name, results)
                    report.add(results)
                case .bridge(let bridge):
                    report.bridges += await bridges.run(bridge, seed: seed, in: configuration.worlds, again: again)
                }
            }
        }
        if let remains = await runner?.close() { Console.error("coherence: \(remains)".printable) }
        return (report, nil)
    }

    /// Runs again what missed targets of speed alone: the machine may have neighbours, and seldom has them three times.
    private func tried(
        _ results: [ScenarioResult], of cluster: Scenario, _ runner: ScenarioRunner, seed: UInt64
    ) async -> [ScenarioResult] {
        var results = results
        // Applications that share a server are slow together.
        guard cluster.tenants().isEmpty else { return results }
        for index in results.indices where results[index].isOnlyTooSlow {
            guard
                var variant = cluster.variants().first(where: { $0.label == results[index].variant })?.scenario
            else { continue }
            variant.worlds = [results[index].world]
            for attempt in 2...(again + 1) where results[index].isOnlyTooSlow && !Task.isCancelled {
                guard var next = await runner.run(variant, seed: seed).first else { break }
                next.attempts = attempt
                results[index] = next
            }
        }
        return results
    }
}

extension ScenarioResult {
    /// Whether nothing is wrong but targets of times and rates.
    fileprivate var isOnlyTooSlow: Bool {
        verdict == .missed && targets.allSatisfy { $0.verdict != .missed || $0.isOfSpeed }
    }
}

extension Report {
    /// Whether something that was run did not pass.
    fileprivate var isFailed: Bool { !(results.isEmpty && bridges.isEmpty) && verdict != .pass }
}
