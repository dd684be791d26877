import BridgeTrial
import Foundation

/// A trial of the event bridge as tables for a terminal: the whole, then each instance.
public struct BridgeTerminalReport: Sendable {
    private let style: Style

    public init(isColoured: Bool) { style = Style(isColoured: isColoured) }

    /// The report, without a line end at its end.
    public func text(_ result: TrialResult) -> String {
        let lines =
            [heading(result), ""] + summary(result).lines + [""] + instances(result).lines
            + result.dead.map { "  \(style.bad("instance \($0.number)")) \($0.failure ?? "")" }
            + result.miscounting.map { "  \(style.bad("instance \($0.number)")) \(miscounting($0, result))" }
            + result.notes.map { "  \(style.doubtful("note")) \($0)" }
        return lines.joined(separator: "\n")
    }

    private func heading(_ result: TrialResult) -> String {
        let plan = result.plan
        let fault = plan.fault.map { ", fault \($0.rawValue)" } ?? ""
        return "\(style.verdict(result.verdict)) Event bridge  \(plan.transport.rawValue), "
            + "\(Figures.count(plan.instances)) processes, \(Figures.count(plan.rate)) events/s "
            + "for \(Figures.plain(plan.seconds)) s\(fault)"
    }

    private func summary(_ result: TrialResult) -> Table {
        let findings = Dictionary(uniqueKeysWithValues: result.findings.map { ($0.name, $0) })
        func row(_ name: String, _ value: String) -> [String] {
            let finding = findings[name]
            return [name, value, finding.map { level($0.level) } ?? "", finding?.limit ?? ""]
        }
        let latency = result.latency
        return Table(
            rows: [
                row("instances", Figures.count(result.instances.count)),
                row("published", count(result.published)),
                row("expected", count(result.expected)),
                row("delivered", count(result.delivered)),
                row("delivery", result.delivery.map(Self.share) ?? "–"),
                row("lost", count(result.lost)),
                row("duplicates", count(result.duplicates)),
                row("self-received", count(result.selfReceived)),
                row("miscounted", count(UInt64(result.miscounting.count))),
                row("p50", Self.time(latency.p50)), row("p95", Self.time(latency.p95)),
                row("p99", Self.time(latency.p99)), row("max", Self.time(latency.max)),
            ], header: ["", "", "", "required"], style: style)
    }

    private func instances(_ result: TrialResult) -> Table {
        Table(
            rows: result.instances.map { instance in
                guard let report = instance.report else {
                    return ["\(instance.number)", style.bad("no report")] + Array(repeating: "–", count: 9)
                }
                let latency = LatencySummary(report)
                let bridge = report.bridge
                return [
                    "\(instance.number)", count(bridge.published), count(bridge.received),
                    count(result.lost(by: instance)), count(bridge.missed), count(bridge.gaps),
                    count(bridge.ownFiltered), count(bridge.duplicatesFiltered), count(bridge.disconnections),
                    Self.time(latency.p50), Self.time(latency.p99),
                ]
            },
            header: [
                "instance", "published", "received", "lost", "counted", "gaps", "own filtered", "duplicates filtered",
                "disconnections", "p50", "p99",
            ], style: style)
    }

    private func miscounting(_ instance: InstanceResult, _ result: TrialResult) -> String {
        "counted \(count(instance.report?.bridge.missed ?? 0)) as missed, and lost \(count(result.lost(by: instance)))"
    }

    private func level(_ level: TrialFinding.Level) -> String {
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

    private static func time(_ nanoseconds: UInt64?) -> String {
        guard let nanoseconds else { return "–" }
        return nanoseconds < 1_000_000
            ? "\(Figures.plain(Double(nanoseconds) / 1e3)) µs" : "\(Figures.plain(Double(nanoseconds) / 1e6)) ms"
    }
}
