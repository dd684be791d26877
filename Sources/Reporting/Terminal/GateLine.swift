import BridgeTrial
import Judging
import Scenarios

/// The last line of a gate: whether it is passed, and if not, whether coherence, speed, or knowledge is missing.
public struct GateLine: Sendable {
    /// The line.
    public let text: String

    /// - Parameter isColoured: whether the reader's terminal understands colours.
    public init(_ report: Report, isColoured: Bool) {
        let style = Style(isColoured: isColoured)
        let results = report.results.map { (file: $0.file, verdict: $0.verdict, targets: $0.targets) }
        let runs =
            results + report.bridges.map { (file: $0.scenario.file, verdict: $0.verdict, targets: $0.targets) }
        func scenarios(_ isCounted: (RunVerdict, [TargetOutcome]) -> Bool) -> String? {
            let count = Set(runs.filter { isCounted($0.verdict, $0.targets) }.map(\.file)).count
            return count == 0 ? nil : Figures.count(count, "scenario")
        }
        func missed(_ isOfSpeed: Bool) -> (RunVerdict, [TargetOutcome]) -> Bool {
            { $0 == .missed && $1.contains { $0.verdict == .missed && $0.isOfSpeed == isOfSpeed } }
        }
        let interrupted = report.notRun.count { $0.isInterrupted }
        let parts = [
            scenarios { verdict, _ in verdict == .error }.map { "\($0) could not be run" },
            scenarios { verdict, _ in verdict == .violation }.map { "coherence is violated in \($0)" },
            scenarios(missed(false)).map { "\($0) missed a target on any machine" },
            scenarios(missed(true)).map { "\($0) too slow on this machine" },
            scenarios { verdict, _ in verdict == .unknown }.map { "\($0) could not be judged" },
            interrupted == 0 ? nil : "\(Figures.count(interrupted, "run")) interrupted",
            runs.isEmpty ? "nothing was run" : nil,
        ].compactMap { $0 }
        let count = Set(runs.map(\.file)).count
        text =
            parts.isEmpty
            ? "\(style.good("gate passed")): \(Figures.count(count, "scenario")), nothing found, every target met"
            : "\(style.bad("gate failed")): \(parts.joined(separator: "; "))"
    }
}
