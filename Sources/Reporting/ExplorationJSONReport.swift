import CacheHierarchy
import Exploration
import Judging
import Scenarios

/// What came of exploring scenarios, as one JSON document. Fields are added, never renamed.
public struct ExplorationJSONReport: Codable, Sendable {
    public var schema = 1
    public var version: String
    public var verdict: String
    /// What the command exits with if all of this can be written.
    public var exitCode: Int32
    /// When, where and of what it was made; absent if nobody looked.
    public var circumstances: ReportCircumstances?
    /// What was kept of what failed; absent if nothing was.
    public var evidence: [EvidenceFolder.Kept]?
    /// Whether a signal, or a reader that went away, ended it early.
    public var interrupted: Bool
    public var seed: UInt64
    /// The deliberate bugs that were in force.
    public var defects: [String]
    public var explorations: [Exploration]
    /// What was asked and not explored.
    public var notRun: [JSONReport.NotRun]

    public struct Exploration: Codable, Sendable {
        public var name: String
        public var file: String
        /// The label of the variant; empty if nothing varies.
        public var variant: String
        /// The deliberate bugs that were in force.
        public var defects: [String]
        public var verdict: String
        /// Why the verdict is `unknown`.
        public var reason: String?
        /// Whether it was ended early: nothing is claimed of the schedules that were not run.
        public var interrupted: Bool
        public var schedules: Int
        public var distinctSchedules: Int
        public var distinctIsExact: Bool
        public var failingSchedules: Int
        public var steps: Int
        public var durationSeconds: Double
        public var digest: String?
        /// What was asked, and how much of it was examined.
        public var checks: [Examined]
        /// What was declared and not judged.
        public var notJudged: [JSONReport.NotJudged]
        /// The first of `failures`.
        public var failure: Failure?
        public var failures: [Failure]
        public var certificate: Certificate?
        /// Of an exploration on real processes.
        public var gated: Gated?
    }

    /// What is known of an exploration on real processes, besides what was found.
    public struct Gated: Codable, Sendable {
        /// The cache, as it names itself.
        public var subject: String?
        /// What it promises.
        public var promise: String?
        /// Schedules that do not count, because a process moved by itself or did not repeat what it had done.
        public var notCounted: Int
        /// Messages that were let through.
        public var steps: Int
        /// Messages of processes that had been given nothing.
        public var late: Int
        /// Pairs of messages that meet, and how many of them were let through in both orders.
        public var pairs: Int
        public var pairsInBothOrders: Int
        /// Whether every order within the bound was visited; only with a bound.
        public var proof: Bool?
        /// The programs whose orders were visited within the bound.
        public var programs: [String]
        /// What passes the gates.
        public var passingGates: [String]
        /// Why operations failed, with how many did.
        public var failures: [String: Int]
        /// Why the search ended before its time.
        public var ending: String?
    }

    /// How much of the exploration a check could judge.
    public struct Examined: Codable, Sendable {
        public var name: String
        /// In how many schedules it examined something; 0: nothing is known of it.
        public var schedules: Int
        /// How many operations it judged in all of them.
        public var examined: Int
    }

    /// Of an exhaustive exploration.
    public struct Certificate: Codable, Sendable {
        /// Whether every schedule was visited.
        public var complete: Bool
        public var brokenOff: Int
        public var reduced: Bool
        /// The most explored steps of a schedule.
        public var longest: Int
        public var unexaminedChecks: [String]
        public var scope: Scope
    }

    public struct Scope: Codable, Sendable {
        public var instances: Int
        public var hosts: Int
        public var workersPerInstance: Int
        public var layers: [String]
        public var invalidation: String
        public var keys: [String]
        public var operations: [String]
        public var faults: [String]
        public var defects: [String]
        public var checks: [String]
        public var step: String
        public var notExplored: [String]
        public var inOneOrder: [String]
    }

    public struct Failure: Codable, Sendable {
        /// Which of the schedules it was, counted from 1.
        public var number: Int
        public var strategy: String
        public var check: String
        public var rule: String
        public var failingSchedules: Int
        public var reason: String
        public var story: String
        public var part: String
        public var operations: String
        public var operationCount: Int
        public var operationCountWhenFound: Int
        public var schedule: String
        public var preemptions: Int
        public var preemptionsWhenFound: Int
        public var switches: Int
        public var switchesOfRun: Int
        public var switchesWhenFound: Int
        public var attempts: Int
        public var replay: String
    }

    public init(_ report: ExplorationReport) {
        version = report.version
        verdict = report.verdict.rawValue
        exitCode = report.exitCode.rawValue
        circumstances = report.circumstances
        evidence = report.evidence.isEmpty ? nil : report.evidence
        interrupted =
            report.signal != nil || report.notRun.contains { $0.isInterrupted }
            || report.explorations.contains { $0.isInterrupted }
        seed = report.seed
        defects = report.defects.map(\.rawValue).sorted()
        notRun = report.notRun.map(JSONReport.NotRun.init)
        explorations = report.explorations.map { exploration in
            let failures = exploration.failures.map { Failure($0, replay: exploration.replayCommand($0, in: report)) }
            return Exploration(
                name: exploration.variant.scenario.name, file: exploration.variant.scenario.file,
                variant: exploration.variant.label, defects: exploration.defects.map(\.rawValue).sorted(),
                verdict: exploration.verdict.rawValue,
                reason: exploration.verdict == .unknown ? exploration.doubt : nil,
                interrupted: exploration.isInterrupted, schedules: exploration.progress.schedules,
                distinctSchedules: exploration.progress.distinct, distinctIsExact: exploration.progress.isDistinctExact,
                failingSchedules: exploration.progress.found, steps: exploration.progress.steps,
                durationSeconds: exploration.duration, digest: exploration.digestText,
                checks: exploration.examined.map {
                    Examined(name: $0.name, schedules: $0.schedules, examined: $0.operations)
                },
                notJudged: exploration.notJudged.map(JSONReport.NotJudged.init), failure: failures.first,
                failures: failures, certificate: exploration.certificate.map { Certificate($0) },
                gated: exploration.gated.map { Gated($0) })
        }
    }

    /// The document as text, keys sorted.
    public func encoded() throws -> String { try JSONText.encode(self) }
}

extension ExplorationJSONReport.Failure {
    fileprivate init(_ failure: FoundFailure, replay: String) {
        self.init(
            number: failure.number, strategy: failure.strategy, check: failure.kind.check, rule: failure.kind.rule,
            failingSchedules: failure.seen, reason: failure.reason, story: failure.story.map { "\($0)" } ?? "",
            part: failure.isWhole ? "" : "\(failure.part)", operations: failure.plan,
            operationCount: failure.operations, operationCountWhenFound: failure.operationsWhenFound,
            schedule: failure.schedule, preemptions: failure.preemptions,
            preemptionsWhenFound: failure.preemptionsWhenFound, switches: failure.switches,
            switchesOfRun: failure.switchesOfRun, switchesWhenFound: failure.switchesWhenFound,
            attempts: failure.attempts, replay: replay)
    }
}

extension ExplorationJSONReport.Certificate {
    init(_ certificate: ScenarioCertificate) {
        self.init(
            complete: certificate.isComplete, brokenOff: certificate.abandoned, reduced: certificate.isReduced,
            longest: certificate.longest, unexaminedChecks: certificate.unexamined,
            scope: ExplorationJSONReport.Scope(certificate.scope))
    }
}

extension ExplorationJSONReport.Scope {
    init(_ scope: CertificateScope) {
        self.init(
            instances: scope.instances, hosts: scope.hosts, workersPerInstance: scope.workersPerInstance,
            layers: scope.layers, invalidation: scope.invalidation, keys: scope.keys, operations: scope.operations,
            faults: scope.faults, defects: scope.defects, checks: scope.checks, step: CertificateScope.step,
            notExplored: CertificateScope.limits, inOneOrder: scope.unexplored)
    }
}

extension ExplorationJSONReport.Gated {
    fileprivate init(_ facts: GatedFacts) {
        self.init(
            subject: facts.subject?.title, promise: facts.subject?.promise, notCounted: facts.void, steps: facts.steps,
            late: facts.late, pairs: facts.pairs, pairsInBothOrders: facts.pairsInBothOrders, proof: facts.isProof,
            programs: facts.programTexts, passingGates: facts.passingGates, failures: facts.failures,
            ending: facts.ending)
    }
}
