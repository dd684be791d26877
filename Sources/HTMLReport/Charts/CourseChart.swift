import Judging
import Reporting

/// A quantity over the time of a run: median, 95th percentile and greatest of each part, on a logarithmic scale.
struct CourseChart {
    private let title: String
    private let quantity: RunCourse.Quantity
    private let axis: TimeAxis
    private static let (width, height) = (660.0, 176.0)

    init(_ title: String, _ quantity: RunCourse.Quantity, of course: RunCourse, violations: [Int64]) {
        self.title = title
        self.quantity = quantity
        axis = TimeAxis(
            course: course, violations: violations, left: 58, right: Self.width - 10, top: 30,
            bottom: Self.height - 22)
    }

    private static let lines: [(name: String, share: Double)] = [("p50", 0.5), ("p95", 0.95)]

    var markup: Markup {
        let parts = quantity.parts
        let values = parts.flatMap { part in
            part.count == 0
                ? [] : [part.value(at: 0.5), part.value(at: 0.95), part.greatest].compactMap { $0 }.map { Double($0) }
        }
        let scale = LogScale(values, range: (axis.bottom, axis.top))
        let ticks = scale.ticks.map { tick -> Markup in
            """
            <line class="grid" x1="\(axis.left)" x2="\(axis.right)" y1="\(tick.place)" y2="\(tick.place)"/>\
            <text class="tick end" x="\(axis.left - 6)" y="\(tick.place + 4)">\(tick.label)</text>
            """
        }
        let lines = Self.lines.map { name, share -> Markup in
            #"<path class="line \#(name)" d="\#(path(share, scale))"/>"#
        }
        let dots = parts.indices.filter { parts[$0].count > 0 }.map { index -> Markup in
            let part = parts[index]
            let x = axis.x(part: index, of: parts.count)
            return """
                <circle class="greatest" cx="\(x)" cy="\(scale.place(Double(part.greatest)))" r="1.8"><title>\
                \(span(index)): \(Figures.count(part.count, "value")), p50 \(time(part, 0.5)), p95 \(time(part, 0.95)), \
                max \(time(part, 1))</title></circle>
                """
        }
        return """
            <div class="scroll" tabindex="0" role="group" aria-label="\(title), over time">\
            <svg class="chart wide" viewBox="0 0 \(Self.width) \(Self.height)" role="img" \
            aria-label="\(title), over \(Shown.time(Double(axis.course.duration))). The table below has the numbers.">
            \(axis.background)
            \(ticks)
            \(lines)
            \(dots)
            </svg></div>
            """
    }

    private func path(_ share: Double, _ scale: LogScale) -> Markup {
        var text = ""
        var isOpen = false
        for (index, part) in quantity.parts.enumerated() {
            guard let value = part.value(at: share) else {
                isOpen = false
                continue
            }
            let point: Markup = "\(axis.x(part: index, of: quantity.parts.count)) \(scale.place(Double(value)))"
            // A part alone is a short line.
            text += (isOpen ? "L" : "M") + point.text + (isOpen ? "" : "h.1")
            isOpen = true
        }
        return Markup(stringLiteral: text)
    }

    private func time(_ part: SizeHistogram, _ share: Double) -> String {
        Shown.time(Double(part.value(at: share) ?? 0))
    }

    private func span(_ index: Int) -> String {
        let length = Double(axis.course.duration) / Double(quantity.parts.count)
        return "\(Shown.time(Double(index) * length)) to \(Shown.time(Double(index + 1) * length))"
    }

    /// The same in numbers: only parts that have values.
    var table: Markup {
        let rows = quantity.parts.indices.filter { quantity.parts[$0].count > 0 }.map { index -> [Markup] in
            let part = quantity.parts[index]
            return ["\(span(index))", "\(phase(index))", "\(Figures.count(part.count))"]
                + [0.5, 0.95, 1].map { "\(time(part, $0))" }
        }
        return Tables.table(
            "\(title), over time",
            [.text("Time"), .text("Phase"), .number("Count"), .number("p50"), .number("p95"), .number("Max")], rows)
    }

    private func phase(_ index: Int) -> String {
        let middle = Int64((Double(index) + 0.5) / Double(quantity.parts.count) * Double(axis.course.duration))
        return axis.course.phases.first { $0.start <= middle && middle <= $0.end }?.name ?? ""
    }
}
