import AdapterProtocol
import History
import Judging

/// What the examination of an adapter found, for people.
public struct AdapterReport: Sendable {
    private let report: AdapterExamination.Report
    private let style: Style

    package init(_ report: AdapterExamination.Report, isColoured: Bool) {
        self.report = report
        style = Style(isColoured: isColoured)
    }

    /// A line a step, with what is wrong and what to do below it, and the sum.
    public var text: String {
        var lines: [String] = []
        if let description = report.description {
            let title = "\(description.name) \(description.version)".printable
            lines.append("\(style.strong(title)) offers \(words(of: description))")
        }
        for step in report.steps {
            switch step.outcome {
            case .passed: lines.append("  \(style.verdict(.pass))  \(step.title)")
            case .skipped(let reason): lines.append("  \(style.faint("left out")): \(step.title): \(reason.printable)")
            case .wrong(let what, let advice):
                lines.append("  \(style.bad("wrong")) \(step.title)")
                lines.append("        \(what.printable)")
                if !advice.isEmpty { lines.append("        \(advice.printable)") }
            }
        }
        lines += report.logs.map { "  \(style.faint("log")): \($0.printable)" }
        if report.moreLogs > 0 { lines.append("  and \(Figures.count(report.moreLogs, "more line")) of logs") }
        lines.append(sum)
        return lines.joined(separator: "\n")
    }

    private func words(of description: AdapterDescription) -> String {
        let operations = description.operations.map(\.rawValue).sorted().joined(separator: ", ")
        let layers = description.layers.isEmpty ? "" : "; layers \(description.layers.joined(separator: ", "))"
        let promise = description.promise.map { "; promises \($0)" } ?? "; promises nothing"
        return (operations + layers + promise).printable
    }

    private var sum: String {
        let problems = report.problems
        guard problems == 0 else {
            return "\(problems) \(problems == 1 ? "thing is" : "things are") wrong. Mend the first one and check again."
        }
        return report.isClean
            ? "Nothing is wrong with the adapter. A scenario tells whether the cache is coherent."
            : "Nothing was examined."
    }
}
