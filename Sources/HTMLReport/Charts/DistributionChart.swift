import Judging
import Reporting

/// How often which times were, on a logarithmic scale: a row for each group of values.
struct DistributionChart {
    private let title: String
    private let rows: [(name: String, values: SizeHistogram)]
    private static let (width, left, right) = (360.0, 58.0, 348.0)

    init(_ title: String, _ rows: [(name: String, values: SizeHistogram)]) {
        self.title = title
        self.rows = rows.filter { $0.values.count > $0.values.zeros }
    }

    private var scale: LogScale {
        var values: [Double] = []
        for row in rows {
            for value in [row.values.least, row.values.value(at: 0.001) ?? 0, row.values.greatest] where value > 0 {
                values.append(Double(value))
            }
        }
        return LogScale(values, range: (Self.left, Self.right))
    }

    var markup: Markup {
        guard !rows.isEmpty else { return "" }
        let scale = scale
        let height = rows.count == 1 ? 96.0 : 40
        let bottom = 6 + height * Double(rows.count)
        let ticks = scale.ticks.map { tick -> Markup in
            """
            <line class="grid" x1="\(tick.place)" x2="\(tick.place)" y1="4" y2="\(bottom)"/>\
            <text class="tick mid" x="\(tick.place)" y="\(bottom + 14)">\(tick.label)</text>
            """
        }
        let bars = rows.enumerated().map { index, row in
            self.row(row, scale, top: 6 + height * Double(index), height: height)
        }
        return """
            <svg class="chart" viewBox="0 0 \(Self.width) \(bottom + 22)" role="img" aria-label="\(summary)">
            \(ticks)
            \(bars)
            </svg>
            """
    }

    private func row(
        _ row: (name: String, values: SizeHistogram), _ scale: LogScale, top: Double, height: Double
    ) -> Markup {
        let bounds = scale.bounds
        var counts = row.values.counts(between: bounds)
        // What is below the first bound counts in the first class. What took no time has no place on such a scale.
        let missing = row.values.count - row.values.zeros - counts.reduce(0, +)
        if !counts.isEmpty { counts[0] += max(0, missing) }
        let most = Double(counts.max() ?? 1)
        let base = top + height - 6
        let bars = counts.indices.filter { counts[$0] > 0 }.map { index -> Markup in
            let (from, to) = (scale.place(bounds[index]), scale.place(bounds[index + 1]))
            let size = max(1.5, Double(counts[index]) / most * (height - 14))
            return """
                <rect class="bar" x="\(from + 0.4)" y="\(base - size)" width="\(max(to - from - 0.8, 0.8))" \
                height="\(size)"><title>\(range(bounds, index)): \(Figures.count(counts[index]))</title></rect>
                """
        }
        let marks = [(0.5, "p50"), (0.95, "p95")].compactMap { share, name -> Markup? in
            row.values.value(at: share).flatMap { value in
                guard value > 0 else { return nil }
                let x = scale.place(Double(value))
                return """
                    <g class="mark \(name)"><title>\(name): \(Shown.time(Double(value)))</title>\
                    <line x1="\(x)" x2="\(x)" y1="\(base - height + 12)" y2="\(base + 3)"/></g>
                    """
            }
        }
        return """
            <text class="row-name" x="0" y="\(base - 2)">\(row.name)</text>
            <line class="base" x1="\(Self.left)" x2="\(Self.right)" y1="\(base)" y2="\(base)"/>
            \(bars)
            \(marks)
            """
    }

    private func range(_ bounds: [Double], _ index: Int) -> String {
        "\(Shown.time(bounds[index])) to \(Shown.time(bounds[index + 1]))"
    }

    private var summary: String {
        let parts = rows.map { row in
            "\(row.name.isEmpty ? "" : "\(row.name): ")\(Figures.count(row.values.count, "value")), "
                + [(0.5, "median"), (0.95, "p95"), (1, "greatest")].map { share, name in
                    "\(name) \(Shown.time(Double(row.values.value(at: share) ?? 0)))"
                }.joined(separator: ", ")
        }
        return "\(title), distribution. \(parts.joined(separator: "; ")). The table below has the numbers."
    }

    /// The same in numbers.
    var table: Markup {
        let cells = rows.map { row -> [Markup] in
            ["\(row.name.isEmpty ? "all" : row.name)", "\(Figures.count(row.values.count))"]
                + [0, 0.5, 0.9, 0.95, 0.99, 1].map { share in
                    "\(Shown.time(Double(share == 0 ? row.values.least : row.values.value(at: share) ?? 0)))"
                }
        }
        return Tables.table(
            "\(title), distribution",
            [.text("Of")] + ["Count", "Min", "p50", "p90", "p95", "p99", "Max"].map { .number($0) }, cells)
    }
}
