import Exploration
import Foundation
import History
import Judging
import Reporting
import ScenarioRunner
import Scenarios
import Support
import Testing

/// A schedule of a scenario that fails, as small as it could be made: what ``ScenarioFile/replay(_:on:)`` runs again.
public struct FoundSchedule: Sendable, Hashable, Codable {
    /// What of the scenario is needed; empty if it is all of it.
    public var part: String
    /// What the workers do.
    public var operations: String
    /// In which order everything takes its turns.
    public var schedule: String

    /// Makes a schedule of the texts that an issue shows.
    public init(part: String = "", operations: String, schedule: String) {
        self.part = part
        self.operations = operations
        self.schedule = schedule
    }

    init(_ failure: FoundFailure) {
        self.init(
            part: failure.isWhole ? "" : "\(failure.part)", operations: failure.plan, schedule: failure.schedule)
    }

    /// As Swift source.
    fileprivate var source: String {
        let needed = part.isEmpty ? "" : "part: \(part.debugDescription), "
        return "FoundSchedule(\(needed)operations: \(operations.debugDescription), "
            + "schedule: \(schedule.debugDescription))"
    }
}

extension ScenarioFile {
    /// Runs the scenario on a cache in the simulated world, in many orders, until a check is violated. What is found is
    /// made as small as possible, told step by step, and recorded as an issue.
    ///
    /// The cache must take its time from ``CacheSurroundings/clock``, and its tasks from Swift. It must begin each run
    /// anew: several runs go on at a time, and nothing may go from one to another.
    ///
    /// A pass says that none of the orders that were run violates a check. Targets, which are about real time, are not
    /// judged.
    /// - Parameters:
    ///   - make: makes one instance of the cache, for example `MyCache.init`.
    ///   - schedules: how many orders at most, for each variant of the scenario.
    ///   - seed: decides the orders and what each worker does; otherwise `COHERENCE_SEED` of the environment, and
    ///     without that 1.
    ///   - operations: the most that each worker does in a mix. Short runs are many runs.
    /// - Returns: what was found, for ``replay(_:on:)``.
    /// - Throws: `CancellationError` if the test is cancelled.
    @discardableResult
    public func explore<Subject: CacheSubject>(
        on make: @escaping @Sendable (CacheSurroundings) async throws -> Subject, schedules: Int = 1_000,
        seed: UInt64? = nil, operations: Int? = nil
    ) async throws -> [FoundSchedule] {
        let issues = IssueRecorder(self)
        guard let scenario = issues.load() else { return [] }
        var configuration = ScenarioExplorer.Configuration(threads: ProcessInfo.processInfo.activeProcessorCount)
        configuration.schedules = max(1, schedules)
        configuration.seed = seed ?? TestSeed.given ?? 1
        configuration.operationsPerWorker = operations.map { max(1, $0) }
        configuration.subject = LocalSubject(making: make)
        let stop = StopSign()
        configuration.isStopped = { stop.isSet }
        var found: [FoundSchedule] = []
        for variant in scenario.testingLocally(in: .simulated).variants() {
            let explorer = ScenarioExplorer(configuration)
            var run = SimulatedRun(scenario: variant.scenario, defects: [])
            run.subject = configuration.subject
            do {
                let exploration = try await withTaskCancellationHandler {
                    try await OwnThread.perform { [run] in
                        try run.prepare()
                        return try explorer.explore(variant)
                    }
                } onCancel: {
                    stop.cancel()
                }
                try Task.checkCancellation()
                issues.record(exploration, seed: configuration.seed)
                found += exploration.failures.map { FoundSchedule($0) }
            } catch let error as CancellationError {
                throw error
            } catch let lack as SubjectLacks {
                issues.record("unknown: not run: \(lack.reason)", line: 1, isWarning: true)
            } catch {
                issues.record("unknown: \(error)".printable, line: 1)
            }
        }
        return found
    }

    /// Runs a schedule that ``explore(on:schedules:seed:operations:)`` found once more, and records what it violates.
    ///
    /// That the program has changed since, so that another order was run, is an issue too.
    /// - Parameters:
    ///   - found: as an issue shows it.
    ///   - make: makes one instance of the cache.
    /// - Throws: `CancellationError` if the test is cancelled.
    public func replay<Subject: CacheSubject>(
        _ found: FoundSchedule, on make: @escaping @Sendable (CacheSurroundings) async throws -> Subject
    ) async throws {
        let issues = IssueRecorder(self)
        guard let scenario = issues.load()?.testingLocally(in: .simulated) else { return }
        do {
            let replay = try ScenarioReplay(
                scenario, part: found.part, operations: found.operations, schedule: found.schedule, defects: []
            ).testing(LocalSubject(making: make))
            let outcome = try await OwnThread.perform { try replay.run() }
            try Task.checkCancellation()
            issues.record(outcome)
        } catch let error as CancellationError {
            throw error
        } catch {
            issues.record("unknown: \(error)", line: 1)
        }
    }
}

extension IssueRecorder {
    fileprivate func record(_ exploration: ScenarioExploration, seed: UInt64) {
        guard exploration.verdict != .pass else { return }
        let name = exploration.variant.scenario.name.printable
        let count = Figures.count(exploration.progress.schedules, "schedule")
        for failure in exploration.failures {
            let story = failure.story.map { "\nstep by step:\n\($0)" } ?? ""
            let isViolation = failure.kind.check != "run"
            let text = """
                \(isViolation ? "violation of" : "error:") \(failure.reason)\(story)
                \(name): simulated, found in schedule \(Figures.count(failure.number)) of seed \(seed)
                \(TestSeed.line(seed))
                or replay it: \(FoundSchedule(failure).source)
                """
            Attachment.record(text, named: "exploration-seed-\(seed).txt")
            record(text, line: isViolation ? lines.line(ofCheck: failure.kind.check) : 1)
        }
        guard exploration.failures.isEmpty else { return }
        let idle = exploration.examined.filter { !$0.hasExamined }.map(\.name)
        let reason =
            exploration.examined.isEmpty
            ? "neither the scenario nor the cache's promise asks anything that a simulation can judge"
            : "\(idle.joined(separator: ", ")) examined nothing in any schedule"
        record(
            "unknown: \(reason)\n\(name): simulated, \(count)\n\(TestSeed.line(seed))",
            line: idle.first.map { lines.line(ofCheck: $0) } ?? 1)
    }

    fileprivate func record(_ outcome: ScenarioReplay.Outcome) {
        if !outcome.isIdentical {
            record("unknown: the program has changed: another order was run than the one that was found", line: 1)
        }
        if let reason = outcome.reason {
            let check = String(reason.prefix { $0 != ":" })
            let story = outcome.story.map { "\nstep by step:\n\($0)" } ?? ""
            record("violation of \(reason)\(story)", line: lines.line(ofCheck: check))
        } else if outcome.isIdle || !outcome.examined.contains(where: \.hasExamined) {
            record("unknown: no check examined anything", line: 1)
        }
    }
}

/// Whether a search is unwanted.
private final class StopSign: Sendable {
    private let state = Lock(false)

    var isSet: Bool { state.withLock { $0 } }
    func cancel() { state.withLock { $0 = true } }
}

/// Long work on a thread of its own: those of tasks are few, and simulations keep them.
private enum OwnThread {
    static func perform<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let thread = Thread { continuation.resume(with: Result { try work() }) }
            thread.stackSize = 8 << 20
            thread.start()
        }
    }
}
