import BridgeTrial
import Judging
import Reporting
import ScenarioRunner
import Support

/// Prints what came of runs as they end: of those that passed a line, of the others what is wrong.
final class RunPrinter: Sendable {
    private let detail: ReportDetail
    /// The server that was named, without its password.
    private let redis: String?
    /// Whether each scenario is run with several seeds.
    private let isSeedTold: Bool
    private let isPrinting: Bool
    private let progress: ProgressLine
    /// Whether a line was printed that nothing empty follows.
    private let isLineOpen = Lock(false)

    /// - Parameter isPrinting: whether standard output is for people.
    init(_ detail: ReportDetail, redis: String?, isSeedTold: Bool, isPrinting: Bool, progress: ProgressLine) {
        self.detail = detail
        self.redis = redis
        self.isSeedTold = isSeedTold
        self.isPrinting = isPrinting
        self.progress = progress
    }

    /// One run has ended.
    func ended(_ result: ScenarioResult) {
        guard isToldInFull(result.verdict) else { return }
        block(terminal().block(result))
    }

    /// The run of an event bridge has ended.
    func ended(_ run: BridgeRun) {
        if isToldInFull(run.verdict) { return block(terminal().block(run)) }
        if detail == .usual { lines([terminal().line(run)]) }
    }

    /// All runs of a scenario with one seed have ended.
    func ended(_ title: String, _ results: [ScenarioResult]) {
        guard detail == .usual else { return }
        lines(terminal().lines(title, results, isSeedTold: isSeedTold))
    }

    /// Everything has ended.
    /// - Parameter isGate: whether the last line says if a gate is passed.
    func summary(of report: Report, isGate: Bool) {
        guard isPrinting else { return }
        let gap = isLineOpen.withLock { $0 } ? "\n" : ""
        let verdict = isGate ? [GateLine(report, isColoured: Console.wantsColour).text] : []
        let lines = [gap + terminal(report).summary] + EvidenceFolder.lines(report.evidence) + verdict
        progress.printing { Console.output(report: lines.joined(separator: "\n")) }
    }

    private func isToldInFull(_ verdict: RunVerdict) -> Bool {
        detail == .verbose || (detail == .usual && verdict != .pass)
    }

    private func terminal(_ report: Report? = nil) -> TerminalReport {
        var empty = Report(version: Coherence.version, results: [])
        empty.redis = redis
        return TerminalReport(
            report ?? empty, isColoured: Console.wantsColour, width: Console.width, detail: detail)
    }

    /// - Parameter text: with an empty line at its end.
    private func block(_ text: String) {
        guard isPrinting else { return }
        let gap = isLineOpen.withLock { isOpen in
            defer { isOpen = false }
            return isOpen ? "\n" : ""
        }
        progress.printing { Console.output(report: gap + text) }
    }

    private func lines(_ lines: [String]) {
        guard isPrinting, !lines.isEmpty else { return }
        isLineOpen.withLock { $0 = true }
        progress.printing { Console.output(lines.joined(separator: "\n")) }
    }
}
