import Foundation
import Judging

/// Colours for a terminal, or none.
struct Style: Sendable {
    let isColoured: Bool
    /// How many columns a line may have; `nil`: any number.
    var width: Int?

    private func paint(_ text: String, _ code: String) -> String {
        isColoured ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }

    func strong(_ text: String) -> String { paint(text, "1") }
    func faint(_ text: String) -> String { paint(text, "2") }
    func good(_ text: String) -> String { paint(text, "32") }
    func bad(_ text: String) -> String { paint(text, "31") }
    func doubtful(_ text: String) -> String { paint(text, "33") }

    func verdict(_ verdict: RunVerdict) -> String {
        switch verdict {
        case .pass: good(verdict.rawValue)
        case .unknown: doubtful(verdict.rawValue)
        case .missed, .violation, .error: bad(verdict.rawValue)
        }
    }

    /// How many of each verdict: `3 pass, 1 violation`.
    func counts(_ verdicts: [RunVerdict]) -> String {
        RunVerdict.allCases.compactMap { kind in
            let count = verdicts.count { $0 == kind }
            return count > 0 ? "\(Figures.count(count)) \(verdict(kind))" : nil
        }.joined(separator: ", ")
    }

    /// How many columns a text takes, its colours not counted.
    static func width(_ text: String) -> Int {
        text.replacing(/\u{1B}\[[0-9]+m/, with: "").count
    }
}

/// Columns as wide as their widest cell; where the terminal has no room for them, a line for each row that names its
/// cells.
struct Table {
    let lines: [String]
    /// How far a report indents its tables.
    private static let indent = 2

    init(rows: [[String]], header: [String], style: Style) {
        guard !rows.isEmpty else {
            lines = []
            return
        }
        let all = [header.map { style.faint($0) }] + rows
        let widths = header.indices.map { column in all.map { Style.width($0[column]) }.max() ?? 0 }
        let columns = all.map { row in
            let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - Style.width($0)) }
            return String(cells.joined(separator: "   ").trimmingSuffix(while: \.isWhitespace))
        }
        let isTooWide = style.width.map { width in columns.contains { Style.width($0) + Self.indent > width } } ?? false
        lines = isTooWide ? rows.map { Self.named($0, header) } : columns
    }

    /// `propagation p95: limit < 100 ms, measured 120 ms, verdict missed`. A nought is not worth a word.
    private static func named(_ row: [String], _ header: [String]) -> String {
        let cells = zip(header, row).dropFirst().filter { $1 != "0" && !$1.isEmpty }
        return (row.first ?? "") + ": " + cells.map { $0.isEmpty ? $1 : "\($0) \($1)" }.joined(separator: ", ")
    }
}

extension String {
    func trimmingSuffix(while isTrimmed: (Character) -> Bool) -> Substring {
        var rest = self[...]
        while let last = rest.last, isTrimmed(last) { rest.removeLast() }
        return rest
    }
}

/// Numbers as people read them.
package enum Figures {
    /// Whole, with thousands apart.
    package static func count(_ value: Int) -> String {
        value.formatted(.number.grouping(.automatic).locale(Locale(identifier: "en_US")))
    }

    /// A number with what it counts: `1 schedule`, `2,000 schedules`.
    package static func count(_ value: Int, _ one: String, _ many: String? = nil) -> String {
        "\(count(value)) \(value == 1 ? one : many ?? one + "s")"
    }

    /// Three significant digits; of a larger number all digits before the point.
    package static func plain(_ value: Double) -> String {
        let style = FloatingPointFormatStyle<Double>.number.grouping(.automatic).locale(Locale(identifier: "en_US"))
        return value.formatted(
            abs(value) >= 100 ? style.precision(.fractionLength(0)) : style.precision(.significantDigits(1...3)))
    }
}
