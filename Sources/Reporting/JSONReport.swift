import Checking
import Foundation
import History

import ScenarioRunner

import struct History.Operation
import struct ScenarioRunner.Measurement

/// The report as one JSON document. Fields are added, never renamed; `schema` counts the changes that are not additions.
public struct JSONReport: Codable, Sendable {
    public var schema = 1
    public var version: String
    public var verdict: String
    public var exitCode: Int32
    public var scenarios: [Scenario]

    public struct Scenario: Codable, Sendable {
        public var name: String
        public var file: String
        public var world: String
        public var seed: UInt64
        public var verdict: String
        public var durationSeconds: Double
        public var timeScale: Double
        public var operations: Operations
        public var checks: [Check]
        public var measurements: [Measured]
        public var targets: [Target]
        public var impact: Impact?
        public var failure: String?
        public var replay: String
    }

    public struct Operations: Codable, Sendable {
        public var total: Int
        public var reads: Int
        public var writes: Int
        public var invalidations: Int
        public var failed: Int
    }

    public struct Check: Codable, Sendable {
        public var name: String
        public var verdict: String
        public var examined: Int
        public var reason: String?
        public var violations: [Violation]
    }

    public struct Violation: Codable, Sendable {
        public var rule: String
        public var explanation: String
        public var operations: [ViolatingOperation]
    }

    public struct ViolatingOperation: Codable, Sendable {
        public var id: Int64
        public var kind: String
        public var key: String?
        public var tags: [String]
        public var version: Int64
        public var layer: String
        public var instance: Int32
        public var worker: Int32
        public var outcome: String
        /// Nanoseconds, from the start of the first operation of the violation.
        public var start: Int64
        /// The same; absent if it did not return.
        public var end: Int64?
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
        public var verdict: String
        public var warning: Bool
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
        scenarios = report.results.map(Scenario.init)
    }

    /// The document as text, keys sorted.
    public func encoded() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}

extension JSONReport.Scenario {
    init(_ result: ScenarioResult) {
        self.init(
            name: result.name, file: result.file, world: result.world.rawValue, seed: result.seed,
            verdict: result.verdict.rawValue, durationSeconds: result.duration, timeScale: result.timeScale,
            operations: JSONReport.Operations(
                total: result.operations.total, reads: result.operations.reads, writes: result.operations.writes,
                invalidations: result.operations.invalidations, failed: result.operations.failed),
            checks: result.checks.map { JSONReport.Check($0, result.history) },
            measurements: result.measurements.map(JSONReport.Measured.init), targets: result.targets.map(JSONReport.Target.init),
            impact: result.impact.map {
                JSONReport.Impact(
                    protects: $0.protects, revenuePerMonth: $0.revenue?.perMonth, currency: $0.revenue?.currency)
            },
            failure: result.failure, replay: result.replayCommand)
    }
}

extension JSONReport.Check {
    init(_ report: CheckReport, _ history: History) {
        self.init(
            name: report.check, verdict: report.verdict.rawValue, examined: report.examined, reason: report.reason,
            violations: report.violations.map { violation in
                let zero = violation.operations.map(\.start).min() ?? 0
                return JSONReport.Violation(
                    rule: violation.rule, explanation: violation.explanation,
                    operations: violation.operations.map {
                        JSONReport.ViolatingOperation($0, history, zero: zero)
                    })
            })
    }
}

extension JSONReport.ViolatingOperation {
    init(_ operation: Operation, _ history: History, zero: Int64) {
        self.init(
            id: operation.id, kind: "\(operation.kind)", key: history.keyName(of: operation), tags: history.tags(of: operation),
            version: operation.version, layer: operation.layer.name, instance: operation.instance, worker: operation.worker,
            outcome: "\(operation.outcome)", start: operation.start - zero,
            end: operation.end == Operation.never ? nil : operation.end - zero)
    }
}

extension JSONReport.Measured {
    init(_ measurement: Measurement) {
        self.init(
            metric: measurement.metric, unit: measurement.unit, labels: measurement.labels, count: measurement.count,
            min: measurement.min, mean: measurement.mean, p50: measurement.p50, p95: measurement.p95, p99: measurement.p99,
            max: measurement.max)
    }
}

extension JSONReport.Target {
    init(_ target: TargetOutcome) {
        self.init(
            title: target.title, metric: target.metric, labels: target.labels, statistic: target.statistic,
            comparison: target.comparison, limit: target.limit, measured: target.measured, unit: target.unit,
            verdict: target.verdict.rawValue, warning: target.isWarning)
    }
}

extension ScenarioResult {
    /// The command that runs this scenario again with the same workload.
    public var replayCommand: String {
        (["coherence run '\(file)' --seed \(seed)"] + defects.map { "--defect \($0.rawValue)" }.sorted()).joined(separator: " ")
    }
}
