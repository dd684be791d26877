import Foundation
import History
import Judging

/// Targets and what became of them, as a table.
struct TargetRows {
    let lines: [String]

    /// - Parameter reasons: why some of them were not judged.
    init(_ targets: [TargetOutcome], reasons: [NotJudged] = [], _ style: Style) {
        let rows = targets.map { target in
            if let reason = reasons.first(where: { $0.target == target })?.reason {
                return [target.title.printable, target.limitText.printable, "–", style.doubtful(reason.printable)]
            }
            let measured = target.measured.map { "\(Figures.plain($0)) \(target.unit)" } ?? "no sample"
            let verdict =
                style.verdict(target.verdict) + (target.isWarning ? " " + style.doubtful("(warning level)") : "")
            return [
                target.title.printable, target.limitText.printable, measured.trimmingCharacters(in: .whitespaces),
                verdict,
            ]
        }
        lines = Table(rows: rows, header: ["target", "limit", "measured", "verdict"], style: style).lines
    }
}
