import Foundation
import ScenarioRunner

/// Targets and what became of them, as a table.
struct TargetRows {
    let lines: [String]

    init(_ targets: [TargetOutcome], _ style: Style) {
        let rows = targets.map { target in
            let measured = target.measured.map { "\(Figures.plain($0)) \(target.unit)" } ?? "no sample"
            let verdict =
                style.verdict(target.verdict) + (target.isWarning ? " " + style.doubtful("(warning level)") : "")
            return [target.title, target.limitText, measured.trimmingCharacters(in: .whitespaces), verdict]
        }
        lines = Table(rows: rows, header: ["target", "limit", "measured", "verdict"], style: style).lines
    }
}
