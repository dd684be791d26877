import CacheHierarchy
import Checking
import Exploration
import Foundation
import HTMLReport
import History
import Reporting
import Scenarios
import Testing

import struct History.Operation

@testable import Judging
@testable import ScenarioRunner

/// Reports whose pages are looked at: here, and in a browser by Scripts/deep/html-report.
enum Samples {
    private static func scenario(_ text: String, file: String) throws -> Scenario {
        let folder = FileManager.default.temporaryDirectory.appending(path: "html-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "sample.yaml").path
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        var loaded = try ScenarioLoader().load(path)
        loaded.file = file
        return try #require(loaded.variants().first).scenario
    }

    private static func result(
        _ scenario: Scenario, defects: Set<Defect> = [], seed: UInt64 = 7
    ) -> ScenarioResult {
        var result = SimulatedRun(scenario: scenario, defects: defects).result(seed: seed)
        result.duration = 0.5
        return result
    }

    private static let permissions = """
        scenario: Permission change
        impact:
          protects: [Acme]
          revenue: 120000 EUR/month
        cluster:
          instances: 3
          hosts: 2
          workers: 2
          invalidation: announced
          layers: [L1, L2, L3, redis]
        data:
          permissions: { keys: 8, value: 20 B, tags: [user_session] }
        phases:
          - read: { data: permissions, by: every worker }
          - mix: { name: race, data: permissions, operations: 80 per worker, read: 80 %, write: 15 %, invalidate-tag: 5 % }
          - inspect: everything
        checks: [fresh-after-invalidation, sessions, convergence]
        targets:
          - { metric: operations.failed, limit: "<= 0 %" }
          - { metric: loads, limit: "< 10" }
          - { metric: propagation, statistic: p95, limit: "< 100 ms" }
        """

    /// A stale fill: a violation, a target that is missed, and one that a simulation does not judge.
    static let violation = Result {
        let declared = try scenario(permissions, file: "Scenarios/permission-change.yaml")
        let runs = (1...50).lazy.map { result(declared, defects: [.staleFill], seed: $0) }
        var found = try #require(runs.first { $0.verdict == .violation })
        // A fault in the midst of it, which has done nothing.
        let proof = try #require(found.checks.flatMap(\.violations).first?.operations)
        let start = try #require(found.phases.first?.start)
        var pause = FaultRecord(Fault(.pause, of: .redis, during: ["race"], until: nil))
        (pause.start, pause.end) = (proof[0].start - start + 1, proof[proof.count - 1].start - start + 1)
        (pause.times, pause.tookEffect) = (1, true)
        found.faults = [pause]
        return Report(version: "1.2.3", results: [found])
    }

    private static let crash = """
        scenario: Redis is killed twice
        cluster:
          instances: 2
          workers: 2
          invalidation: acknowledged
          lease: 100ms
          layers: [L1, L2, redis]
        data:
          permissions: { keys: 4, value: 20 B }
        phases:
          - read: { name: fill, data: permissions, by: every worker }
          - mix: { name: race, data: permissions, operations: 60 per worker, read: 70 %, write: 30 % }
          - inspect: everything
        faults:
          - crash: { whom: redis, data: kept, during: race, after: 15 %, until: 35 % }
          - crash: { whom: redis, data: lost, during: race, after: 55 %, until: 75 % }
        checks: [linearizable, fresh-after-invalidation]
        """

    /// Several runs: a pass with a dead Redis, a violation, a missed target, one that is unknown, one that failed, one
    /// that was not run.
    static let several = Result {
        let passed = result(try scenario(crash, file: "Scenarios/redis-crash.yaml"))
        var missed = result(try scenario(permissions, file: "Scenarios/permission-change.yaml"))
        missed.name = "Permission change, in time"
        var unknown = missed
        unknown.name = "Nothing to examine"
        unknown.verdict = .unknown
        unknown.checks = [CheckReport(check: "linearizable", examined: 0)]
        var failed = ScenarioResult(
            try scenario(permissions, file: "Scenarios/broken.yaml"), world: .live, seed: 3, defects: [])
        failed.fail("redis-server ended at once: no memory is left", as: .error)
        var report = Report(
            version: "1.2.3", results: [passed, missed, unknown, failed] + (try violation.get()).results)
        report.notRun = [
            NotRun(
                name: "The rest", file: "rest.yaml", world: .live, seed: 3, reason: "it was interrupted",
                isInterrupted: true)
        ]
        return report
    }

    /// Text that would like to be something else.
    static let hostile =
        "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"' onload='x'&amp; <!-- "
        + "\u{0}\u{1B}[2J\n\u{2028}"
        + "\u{2029}\u{202E}\u{FEFF}]]> \(String(decoding: [0x66, 0xFF, 0xC3, 0x28] as [UInt8], as: UTF8.self))"

    /// A run in which all text from outside is hostile.
    static let attacked: Report = {
        let history = History(
            operations: [
                Operation(
                    id: 1, kind: .write, instance: 0, worker: 0, key: 0, tagSet: 1, version: 1, scope: .cluster,
                    start: 0,
                    end: 10_000),
                Operation(
                    id: 2, kind: .write, instance: 0, worker: 0, key: 0, tagSet: 1, version: 2, scope: .cluster,
                    start: 20_000, end: 90_000),
                Operation(
                    id: 3, kind: .read, instance: 1, worker: 1, key: 0, version: 1, layer: .l1, start: 150_000,
                    end: 151_000),
            ], keys: [hostile], tagSets: [[], [hostile]])
        var result = ScenarioResult(
            name: hostile, file: hostile, world: .live, seed: 42, verdict: .violation, duration: 0.5,
            operations: OperationCounts(history), declarations: [], checks: [Linearizable().examine(history)],
            measurements: [],
            targets: [
                TargetOutcome(
                    title: hostile, metric: "loads", labels: [:], statistic: "value", comparison: "<", limit: 5,
                    limitText: hostile, measured: nil, unit: hostile, verdict: .unknown, isWarning: false)
            ],
            impact: Impact(protects: [hostile], revenue: nil), failure: hostile, history: history,
            defects: [hostile], timeScale: 1)
        result.variant = hostile
        result.subject = SubjectRecord(
            name: hostile, version: hostile, operations: [hostile], layers: [hostile], promise: hostile, grace: nil)
        result.subjectOption = hostile
        result.phases = [PhaseRecord(name: hostile, start: 0, end: 200_000, isWait: false)]
        result.troubles.reasons = [
            TroubleRecord.Reason(operation: hostile, isUnknown: true, text: hostile, count: 1, instances: [0: 1])
        ]
        result.troubles.logs = [TroubleRecord.LogLine(instance: 0, level: hostile, text: hostile)]
        var report = Report(version: "1.2.3", results: [result])
        report.notRun = [NotRun(name: hostile, file: hostile, world: .live, seed: 1, reason: hostile)]
        report.redis = hostile
        return report
    }()

    /// An exploration that finds something.
    static let exploration = Result {
        let text = """
            scenario: Small
            cluster: { instances: 2, workers: 1, invalidation: announced, layers: [L1, L2, redis] }
            data:
              things: { keys: 1, value: 20 B }
            phases:
              - mix: { name: work, data: things, operations: 4 per worker, read: 50 %, write: 50 % }
              - inspect: everything
            checks: [sessions, convergence, fresh-after-invalidation]
            """
        var configuration = ScenarioExplorer.Configuration(threads: 1)
        configuration.schedules = 200
        configuration.defects = [.staleFill]
        let variant = try #require(try scenario(text, file: "small.yaml").variants().first)
        let found = try ScenarioExplorer(configuration).explore(variant)
        var report = ExplorationReport(version: "1.2.3", seed: 1, explorations: [found])
        report.defects = found.defects
        return report
    }

    /// Recorded histories: one that is coherent, one that is not, and one that cannot be read.
    static let histories: HistoryReport = {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Fixtures/Histories")
        let results = ["coherent.jsonl", "stale-read.jsonl", "nowhere.jsonl"].map { file in
            var result = HistoryJudge().judge(folder.appending(path: file).path)
            result.file = file
            return result
        }
        return HistoryReport(version: "1.2.3", results: results)
    }()

    /// A run with so many operations, among them many stale reads.
    static func large(operations: Int, keys: Int = 100) -> Report {
        var all: [Operation] = []
        all.reserveCapacity(operations)
        var versions = [Int64](repeating: 0, count: keys)
        var number: UInt64 = 1
        for index in 0..<operations {
            // Chance enough, and the same each time.
            number = number &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let chance = number >> 33
            let key = Int(chance % UInt64(keys))
            let (start, worker) = (Int64(index) * 1_000, Int32(chance / 128 % 8))
            let length = Int64(chance / 1024 % 50_000)
            if chance / 7 % 10 == 0 || versions[key] == 0 {
                versions[key] += 1
                all.append(
                    Operation(
                        id: Int64(index) + 1, kind: .write, instance: worker / 4, worker: worker, key: Int32(key),
                        version: versions[key], scope: .cluster, start: start, end: start + length))
            } else {
                let isStale = chance / 11 % 50 == 0
                all.append(
                    Operation(
                        id: Int64(index) + 1, kind: .read, instance: worker / 4, worker: worker, key: Int32(key),
                        version: max(1, versions[key] - (isStale ? 5 : 0)), layer: isStale ? .l1 : .l2, start: start,
                        end: start + length))
            }
        }
        let history = History(operations: all, keys: (0..<keys).map { "key:\($0)" })
        let end = Int64(operations) * 1_000
        var result = ScenarioResult(
            name: "Large", file: "large.yaml", world: .live, seed: 1, verdict: .violation, duration: 1,
            operations: OperationCounts(history), declarations: [],
            checks: [FreshAfterInvalidation().examine(history), Sessions().examine(history)], measurements: [],
            targets: [], impact: nil, failure: nil, history: history, defects: [], timeScale: 1)
        result.phases = [
            PhaseRecord(name: "first", start: 0, end: end / 2, isWait: false),
            PhaseRecord(name: "second", start: end / 2, end: end, isWait: false),
        ]
        return Report(version: "1.2.3", results: [result])
    }
}
