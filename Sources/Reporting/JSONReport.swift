import Checking
import Foundation
import History
import Judging
import Scenarios

import struct History.Operation
import struct Judging.Measurement

/// The report as one JSON document. Fields are added, never renamed; `schema` counts the changes that are not additions.
public struct JSONReport: Codable, Sendable {
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
    public var scenarios: [Scenario]
    /// What was asked and not run.
    public var notRun: [NotRun]

    public struct Scenario: Codable, Sendable {
        public var name: String
        public var file: String
        /// The label of the variant; empty if nothing varies.
        public var variant: String
        public var world: String
        public var seed: UInt64
        /// The deliberate bugs that were in force.
        public var defects: [String]
        /// The cache under test; absent for the reference cache.
        public var subject: Subject?
        public var verdict: String
        /// How often it was run until this came out; absent if once.
        public var attempts: Int?
        /// What took the place of what the file says; absent if nothing did.
        public var set: [String]?
        public var durationSeconds: Double
        public var timeScale: Double
        public var operations: Operations
        /// Why operations did not succeed; absent if all did.
        public var failures: Failures?
        /// Reads of a subject that had nothing and asked nobody, which are not among the operations; absent without any.
        public var misses: Int?
        /// What adapters logged; absent if that is nothing.
        public var logs: Logs?
        public var checks: [Check]
        public var measurements: [Measured]
        public var targets: [Target]
        /// What was declared and not judged.
        public var notJudged: [NotJudged]
        public var faults: [Fault]?
        public var bus: [Bus]?
        public var managers: Managers?
        public var time: Time
        public var impact: Impact?
        /// Of an event bridge: what its instances counted.
        public var bridge: BridgeFigures?
        public var failure: String?
        public var replay: String
    }

    /// A cache under test as its adapter describes it.
    public struct Subject: Codable, Sendable {
        public var name: String
        public var version: String
        /// What it can be asked to do.
        public var operations: [String]
        /// The layers that can be looked into.
        public var layers: [String]
        public var promises: String?
        public var graceSeconds: Double?
        /// Which part of the time of its operations passed between the runner and the adapter; absent if that is not
        /// known.
        public var shareOnTheWay: Double?
    }

    public struct Operations: Codable, Sendable {
        public var total: Int
        public var reads: Int
        public var writes: Int
        public var invalidations: Int
        public var failed: Int
        public var unknown: Int
    }

    public struct Measured: Codable, Sendable {
        public var metric: String
        public var unit: String
        public var labels: [String: String]
        public var count: Int
        public var min: Double
        public var mean: Double
        public var p50: Double
        public var p95: Double
        public var p99: Double
        public var max: Double
    }

    public struct Target: Codable, Sendable {
        public var title: String
        public var metric: String
        public var labels: [String: String]
        public var statistic: String
        public var comparison: String
        public var limit: Double?
        public var measured: Double?
        public var unit: String
        /// `not judged` of one that this run cannot judge.
        public var verdict: String
        /// Why it was not judged.
        public var reason: String?
        public var warning: Bool
    }

    /// A check or a target that was declared and not judged.
    public struct NotJudged: Codable, Sendable {
        /// `check` or `target`.
        public var kind: String
        public var name: String
        public var reason: String
    }

    /// What was asked and not run.
    public struct NotRun: Codable, Sendable {
        public var name: String
        public var file: String
        public var world: String
        public var seed: UInt64
        public var reason: String
    }

    public struct Fault: Codable, Sendable {
        public var fault: String
        public var victim: String
        public var phases: [String]
        public var startSeconds: Double?
        public var endSeconds: Double?
        public var tookEffect: Bool
        public var times: Int
    }

    /// What the bus did for one instance.
    public struct Bus: Codable, Sendable {
        public var instance: Int
        public var published: Int
        public var received: Int
        public var ownFiltered: Int
        public var duplicatesFiltered: Int
        public var lost: Int
        public var gaps: Int
        public var disconnections: Int
        public var caughtUp: Int
        public var distrusted: Int
    }

    /// Where the time of the clients went; see ``TimeShares``.
    public struct Time: Codable, Sendable {
        public var clientSeconds: Double
        public var operations: [Part]
        public var inside: [Part]

        public struct Part: Codable, Sendable {
            public var what: String
            public var count: Int
            public var seconds: Double
        }
    }

    public struct Impact: Codable, Sendable {
        public var protects: [String]
        public var revenuePerMonth: Double?
        public var currency: String?
    }

    public init(_ report: Report) {
        version = report.version
        verdict = report.verdict.rawValue
        exitCode = report.exitCode.rawValue
        circumstances = report.circumstances
        evidence = report.evidence.isEmpty ? nil : report.evidence
        interrupted = report.signal != nil || report.notRun.contains { $0.isInterrupted }
        scenarios =
            report.results.map { Scenario($0, redis: report.redis) }
            + report.bridges.map { Scenario($0, redis: report.redis) }
        notRun = report.notRun.map(NotRun.init)
    }

    /// The document as text, keys sorted.
    public func encoded() throws -> String { try JSONText.encode(self) }
}

/// How all our documents are written.
enum JSONText {
    /// Indented, keys sorted, so that two documents can be compared line by line.
    static func encode(_ document: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(document), as: UTF8.self)
    }
}

extension JSONReport.Operations {
    init(_ counts: OperationCounts) {
        self.init(
            total: counts.total, reads: counts.reads, writes: counts.writes, invalidations: counts.invalidations,
            failed: counts.failed, unknown: counts.unknown)
    }
}

extension JSONReport.Scenario {
    init(_ result: ScenarioResult, redis: String?) {
        self.init(
            name: result.name, file: result.file, variant: result.variant, world: result.world.rawValue,
            seed: result.seed, defects: result.defects.sorted(),
            subject: result.subject.map { JSONReport.Subject($0) },
            verdict: result.verdict.rawValue, attempts: result.attempts > 1 ? result.attempts : nil,
            set: result.overrides.isEmpty ? nil : result.overrides, durationSeconds: result.duration,
            timeScale: result.timeScale,
            operations: JSONReport.Operations(result.operations),
            failures: JSONReport.Failures(result.troubles),
            misses: result.troubles.misses > 0 ? result.troubles.misses : nil, logs: JSONReport.Logs(result.troubles),
            checks: result.checks.map {
                JSONReport.Check($0, keys: result.history.keys, tagSets: result.history.tagSets)
            },
            measurements: result.measurements.map(JSONReport.Measured.init),
            targets: result.targets.map { JSONReport.Target($0) }
                + result.notJudged.compactMap { one in one.target.map { JSONReport.Target($0, reason: one.reason) } },
            notJudged: result.notJudged.map(JSONReport.NotJudged.init),
            faults: result.faults.isEmpty ? nil : result.faults.map(JSONReport.Fault.init),
            bus: result.bus.isEmpty
                ? nil
                : result.bus.sorted { $0.key < $1.key }.map { instance, counts in
                    JSONReport.Bus(
                        instance: instance, published: counts.published, received: counts.received,
                        ownFiltered: counts.ownFiltered, duplicatesFiltered: counts.duplicatesFiltered,
                        lost: counts.lost, gaps: counts.gaps, disconnections: counts.disconnections,
                        caughtUp: counts.caughtUp, distrusted: counts.distrusted)
                },
            managers: result.managers.map(JSONReport.Managers.init),
            time: JSONReport.Time(TimeShares(of: result.history)),
            impact: result.impact.map(JSONReport.Impact.init),
            failure: result.failure, replay: ReproduceLine.of(result, redis: redis))
    }
}

extension JSONReport.Subject {
    init(_ subject: SubjectRecord) {
        self.init(
            name: subject.name, version: subject.version, operations: subject.operations, layers: subject.layers,
            promises: subject.promise, graceSeconds: subject.grace.map { $0 / .seconds(1) },
            shareOnTheWay: subject.shareOnTheWay)
    }
}

extension JSONReport.NotJudged {
    init(_ notJudged: NotJudged) {
        self.init(
            kind: notJudged.target == nil ? "check" : "target", name: notJudged.name, reason: notJudged.reason)
    }
}

extension JSONReport.NotRun {
    init(_ notRun: NotRun) {
        self.init(
            name: notRun.name, file: notRun.file, world: notRun.world.rawValue, seed: notRun.seed,
            reason: notRun.reason)
    }
}

extension JSONReport.Time {
    init(_ shares: TimeShares) {
        func parts(_ parts: [TimeShares.Part]) -> [Part] {
            parts.map { Part(what: $0.what, count: $0.count, seconds: $0.seconds) }
        }
        self.init(
            clientSeconds: shares.seconds, operations: parts(shares.operations), inside: parts(shares.inside))
    }
}

extension JSONReport.Fault {
    init(_ record: FaultRecord) {
        self.init(
            fault: "\(record.fault)", victim: "\(record.fault.victim)", phases: record.fault.phases,
            startSeconds: record.start.map { Double($0) / 1e9 }, endSeconds: record.end.map { Double($0) / 1e9 },
            tookEffect: record.tookEffect, times: record.times)
    }
}

extension JSONReport.Measured {
    init(_ measurement: Measurement) {
        self.init(
            metric: measurement.metric, unit: measurement.unit, labels: measurement.labels, count: measurement.count,
            min: measurement.min, mean: measurement.mean, p50: measurement.p50, p95: measurement.p95,
            p99: measurement.p99,
            max: measurement.max)
    }
}

extension JSONReport.Target {
    /// - Parameter reason: why it was not judged, if it was not.
    init(_ target: TargetOutcome, reason: String? = nil) {
        self.init(
            title: target.title, metric: target.metric, labels: target.labels, statistic: target.statistic,
            comparison: target.comparison, limit: target.limit, measured: target.measured, unit: target.unit,
            verdict: reason == nil ? target.verdict.rawValue : "not judged", reason: reason, warning: target.isWarning)
    }
}
