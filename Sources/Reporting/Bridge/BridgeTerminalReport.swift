import BridgeTrial
import EventBridge
import Foundation
import History
import Judging
import Scenarios

/// A run of an event bridge as tables for a terminal: the whole, then each instance.
public struct BridgeTerminalReport: Sendable {
    private let style: Style

    public init(isColoured: Bool, width: Int? = nil) { style = Style(isColoured: isColoured, width: width) }

    /// The report of a measurement that no file declares, without a line end at its end.
    public func text(_ run: BridgeRun, _ trial: TrialResult) -> String {
        let lines = [heading(run), ""] + summary(run, trial).lines + [""] + instances(trial) + remarks(trial)
        return lines.joined(separator: "\n")
    }

    /// The block of a scenario among others.
    /// - Parameter redis: the server's URL, without its password; `nil` for a private one.
    public func block(_ run: BridgeRun, redis: String? = nil) -> String {
        var lines = [heading(run)]
        if let failure = run.failure {
            lines.append("  \(style.bad("not run to its end")): \(failure.printable)")
            if !run.notJudged.isEmpty {
                lines.append(
                    "  \(style.doubtful("not judged")): \(run.notJudged.joined(separator: ", ").printable)")
            }
        }
        if let trial = run.trial {
            lines.append(
                "  \(count(trial.published)) published; \(count(trial.delivered)) of \(count(trial.expected)) delivered, "
                    + "\(count(trial.lost)) lost, \(count(trial.duplicates)) twice, "
                    + "\(count(trial.selfReceived)) to their publisher; \(count(trial.errors)) errors")
        }
        let targets = TargetRows(run.targets, style)
        lines += targets.lines.map { "  " + $0 }
        if let trial = run.trial {
            lines += [""] + instances(trial).map { $0.isEmpty ? $0 : "  " + $0 } + remarks(trial)
        }
        if run.verdict != .pass { lines.append("  reproduce: \(ReproduceLine.of(run, redis: redis))") }
        return lines.joined(separator: "\n") + "\n"
    }

    private func heading(_ run: BridgeRun) -> String {
        let bridge = run.scenario.bridge
        let fault = bridge.fault.map { ", fault \($0.rawValue)" } ?? ""
        let defects = TerminalReport.defects(run.trial?.plan.defect.map { [$0.rawValue] } ?? [])
        return
            "\(style.verdict(run.verdict)) \(style.strong(run.scenario.name.printable))  \(bridge.transport.rawValue), "
            + "\(Figures.count(bridge.instances)) processes, \(Figures.count(bridge.rate)) events/s "
            + "for \(Figures.plain(bridge.duration / .seconds(1))) s\(fault)\(defects)"
    }

    private func summary(_ run: BridgeRun, _ trial: TrialResult) -> Table {
        let findings = Dictionary(run.findings.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        func row(_ name: String, _ value: String) -> [String] {
            let finding = findings[name]
            return [name, value, finding.map { level($0.level) } ?? "", finding?.limit ?? ""]
        }
        let latency = trial.latency
        return Table(
            rows: [
                row("instances", Figures.count(trial.instances.count)),
                row("published", count(trial.published)),
                row("expected", count(trial.expected)),
                row("delivered", count(trial.delivered)),
                row("delivery", trial.delivery.map(Self.share) ?? "–"),
                row("lost", count(trial.lost)),
                row("duplicates", count(trial.duplicates)),
                row("self-received", count(trial.selfReceived)),
                row("miscounted", Figures.count(trial.miscounting.count)),
                row("errors", count(trial.errors)),
                row("min", Self.time(latency.min)), row("average", Self.time(latency.mean)),
                row("p50", Self.time(latency.p50)), row("p95", Self.time(latency.p95)),
                row("p99", Self.time(latency.p99)), row("max", Self.time(latency.max)),
            ], header: ["", "", "", "required"], style: style)
    }

    private func instances(_ trial: TrialResult) -> [String] {
        let counts = Table(
            rows: trial.instances.map { instance in
                guard let report = instance.report else {
                    return ["\(instance.number)", style.bad("no report")] + Array(repeating: "–", count: 9)
                }
                let bridge = report.bridge
                return [
                    name(instance), count(bridge.published), count(instance.received ?? 0),
                    count(trial.lost(by: instance)), count(bridge.missed), count(bridge.gaps),
                    count(report.selfReceived), count(report.errors), count(bridge.ownFiltered),
                    count(bridge.duplicatesFiltered), count(bridge.disconnections),
                ]
            },
            header: [
                "instance", "published", "received", "lost", "counted", "gaps", "self-received", "errors",
                "own filtered", "duplicates filtered", "disconnections",
            ], style: style)
        let latencies = Table(
            rows: trial.instances.compactMap { instance in
                guard let latency = instance.report.map({ LatencySummary($0) }), latency.count > 0 else { return nil }
                return [
                    name(instance), Self.time(latency.min), Self.time(latency.mean), Self.time(latency.p50),
                    Self.time(latency.p95), Self.time(latency.p99), Self.time(latency.max),
                ]
            }, header: ["latency", "min", "average", "p50", "p95", "p99", "max"], style: style)
        return counts.lines + [""] + latencies.lines
    }

    /// What is not in the tables.
    private func remarks(_ trial: TrialResult) -> [String] {
        trial.instances.filter { $0.restarts > 0 }.map { "  instance \(name($0)) was killed and started again" }
            + trial.dead.map { "  \(style.bad("instance \(name($0))")) \(($0.failure ?? "").printable)" }
            + trial.miscounting.map { "  \(style.bad("instance \(name($0))")) \(miscounting($0, trial))" }
            + trial.notes.map { "  \(style.doubtful("note")) \($0.printable)" }
    }

    /// Counted from 1, as in a scenario's file.
    private func name(_ instance: InstanceResult) -> String { "\(instance.number + 1)" }

    private func miscounting(_ instance: InstanceResult, _ trial: TrialResult) -> String {
        "counted \(count(instance.report?.bridge.missed ?? 0)) as missed, and lost \(count(trial.lost(by: instance)))"
    }

    private func level(_ level: BridgeFinding.Level) -> String {
        switch level {
        case .met: style.good(level.rawValue)
        case .warning, .unknown: style.doubtful(level.rawValue)
        case .critical: style.bad(level.rawValue)
        }
    }

    private func count(_ value: UInt64) -> String { Figures.count(Int(clamping: value)) }

    /// Never rounded up to all of them.
    private static func share(_ share: Double) -> String {
        share == 1 ? "100 %" : "\(String(format: "%.4f", (share * 1_000_000).rounded(.down) / 10_000)) %"
    }

    private static func time(_ nanoseconds: UInt64?) -> String { time(nanoseconds.map { Double($0) }) }

    private static func time(_ nanoseconds: Double?) -> String {
        guard let nanoseconds else { return "–" }
        return nanoseconds < 1_000_000
            ? "\(Figures.plain(nanoseconds / 1e3)) µs" : "\(Figures.plain(nanoseconds / 1e6)) ms"
    }
}
