import CacheHierarchy
import Checking
import Foundation
import GatedWorld
import Judging
import Processes
import ScenarioRunner
import Scenarios
import Simulation

/// Explores a scenario on the processes of any cache: every message between them, Redis, the origin and the workers is
/// held, and let through one at a time, in orders that are chosen, until a check is violated, or to the end.
///
/// What fails is shrunk and told. What is found depends on the seed and on how many schedules are run, as far as the
/// cache itself repeats.
public struct GatedExplorer: Sendable {
    /// What may be chosen.
    public struct Configuration: Sendable {
        /// How many schedules at most.
        public var schedules = 2_000
        /// For how long at most; shrinking what was found comes after that.
        public var duration: Duration?
        /// Decides what is drawn.
        public var seed: UInt64 = 1
        /// Whether to go on after a failure, and collect all that differ.
        public var findsAll = false
        /// Visit every order within so many deviations from the usual one, of every program of two operations or of the
        /// scenario's script; `nil`: search.
        public var bound: Int?
        /// Told how far it is, a few times a second, from any thread.
        public var onProgress: @Sendable (ScenarioExplorer.Progress) -> Void = { _ in }
        /// Asked before every schedule whether to end the search.
        public var isStopped: @Sendable () -> Bool = { false }
        /// How long things may take.
        package var limits = GatedWorld.Limits()

        /// With all defaults.
        public init() {}
    }

    private let configuration: Configuration

    /// Makes an explorer, which starts nothing yet.
    public init(_ configuration: Configuration = Configuration()) { self.configuration = configuration }

    /// Explores one variant of a scenario that has a subject, on a private redis-server.
    /// - Throws: ``GatedError``, `WorldError`, `SubjectLacks`; nothing is left then.
    public func explore(_ variant: ScenarioVariant) async throws -> ScenarioExploration {
        let configuration = configuration
        return try await GatedSurroundings.with { try Self.explore(variant, configuration, in: $0) }
    }

    /// The instances and workers that small programs have: two of each.
    static func part(of scenario: Scenario) -> ScenarioPart {
        var part = ScenarioPart(scenario)
        guard !GatedPrograms(scenario).isScripted else { return part }
        part.instances = Array(0..<min(2, scenario.cluster.instances))
        return part
    }

    private static func explore(
        _ variant: ScenarioVariant, _ configuration: Configuration, in surroundings: GatedSurroundings
    ) throws -> ScenarioExploration {
        let part = part(of: variant.scenario)
        let scenario = part.applied(to: variant.scenario)
        guard let subject = scenario.subject else {
            throw GatedError.notHere("the scenario has no subject, and only processes are gated")
        }
        let start = ContinuousClock.now
        let examinations = Examinations(scenario.checks(in: .gated).map { $0.check().name })
        let search = GatedSearch(
            configuration, scenario, examinations, until: configuration.duration.map { start + $0 }
        ) { scenario, holdsTime in
            try GatedWorld(
                scenario, of: subject, on: surroundings.server, seed: configuration.seed, limits: configuration.limits,
                time: holdsTime ? surroundings.time : nil)
        }
        defer { search.close() }
        search.note(surroundings.timeProblem)
        var isProven = false
        do {
            if let bound = configuration.bound {
                isProven = try search.visitAll(bound: bound)
            } else {
                try search.search()
            }
        } catch GatedError.interrupted {
            search.end(because: nil)
        } catch let error as GatedError where !search.found.isEmpty || search.progress.schedules > 0 {
            // What has been found is not lost with the world.
            search.end(because: error.description)
        }
        let searched = Double((ContinuousClock.now - start).nanoseconds) / 1e9
        let failures = try failures(of: search, part, variant.scenario, configuration)
        search.close()
        var exploration = ScenarioExploration(
            variant: variant, defects: [], progress: search.progress,
            duration: Double((ContinuousClock.now - start).nanoseconds) / 1e9, failures: failures, digest: nil,
            examined: examinations.all,
            isInterrupted: !search.isComplete && search.found.isEmpty && configuration.isStopped(),
            searchDuration: searched)
        exploration.gated = search.facts
        exploration.gated?.isProof = configuration.bound == nil ? nil : isProven
        return exploration
    }

    private static func failures(
        of search: GatedSearch, _ part: ScenarioPart, _ whole: Scenario, _ configuration: Configuration
    ) throws -> [FoundFailure] {
        var failures: [FoundFailure] = []
        var shapes: Set<FailureShape> = []
        var known: [ViolationKind: Int] = [:]
        for (judged, number, strategy) in search.found {
            // Of those that break the same rule, three in a row that shrink to what is known are enough.
            guard known[judged.kinds[0], default: 0] < 3 else { continue }
            var progress = search.progress
            progress.isShrinking = true
            configuration.onProgress(progress)
            var shrinking = GatedShrinking(judged, in: search)
            var repeated: (count: Int, of: Int)?
            do {
                try shrinking.shrink()
                // Where each run waits for a limit, one has to do.
                let replays = shrinking.isSlow ? 1 : 5
                repeated = (try shrinking.repeated(of: replays), replays)
            } catch let error as GatedError {
                // It is told as far as it was shrunk.
                if case .interrupted = error {} else { search.end(because: error.description) }
            }
            let failure = FoundFailure(
                shrinking.best, foundAs: judged, number: number, strategy: strategy, part: part, of: whole,
                attempts: shrinking.attempts, repeated: repeated)
            if shapes.insert(failure.shape).inserted {
                failures.append(failure)
                known[judged.kinds[0]] = 0
            } else {
                known[judged.kinds[0], default: 0] += 1
            }
        }
        for index in failures.indices {
            failures[index].seen = search.found.count { $0.run.kinds.contains(failures[index].kind) }
        }
        return failures.sorted(by: FoundFailure.shorter)
    }
}

extension OwnThreads {
    /// Does something that waits a lot on a thread of its own.
    static func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let thread = Thread { continuation.resume(with: Result(catching: body)) }
            thread.stackSize = 8 << 20
            thread.start()
        }
    }
}
