import History
import Judging
import Reporting

/// Which layer served the reads, over the time of a run and in all; and what did not succeed.
struct LayerChart {
    private let course: RunCourse
    private let axis: TimeAxis
    private static let (width, height) = (660.0, 150.0)

    init(_ course: RunCourse, violations: [Int64]) {
        self.course = course
        axis = TimeAxis(
            course: course, violations: violations, left: 58, right: Self.width - 10, top: 30,
            bottom: Self.height - 22)
    }

    private var totals: [Layer: Int] {
        course.served.reduce(into: [:]) { $0.merge($1, uniquingKeysWith: +) }
    }

    var markup: Markup {
        guard totals.values.reduce(0, +) > 0 else { return "" }
        let width = (axis.right - axis.left) / Double(course.served.count)
        let columns = course.served.enumerated().map { index, part in column(index, part, width) }
        let ticks = [0, 50, 100].map { percent -> Markup in
            let y = axis.bottom - Double(percent) / 100 * (axis.bottom - axis.top)
            return """
                <line class="grid" x1="\(axis.left)" x2="\(axis.right)" y1="\(y)" y2="\(y)"/>\
                <text class="tick end" x="\(axis.left - 6)" y="\(y + 4)">\(percent) %</text>
                """
        }
        return """
            <div class="scroll" tabindex="0" role="group" aria-label="Which layer served, over time">\
            <svg class="chart wide" viewBox="0 0 \(Self.width) \(Self.height)" role="img" \
            aria-label="Which layer served the reads, over time. The table has the numbers.">
            \(axis.background)
            \(columns)
            \(ticks)
            </svg></div>
            \(legend)
            """
    }

    private func column(_ index: Int, _ part: [Layer: Int], _ width: Double) -> Markup {
        let all = part.values.reduce(0, +)
        guard all > 0 else { return "" }
        let height = axis.bottom - axis.top
        var y = axis.bottom
        let title = Layer.allCases.filter { part[$0] ?? 0 > 0 }.map {
            "\($0.name) \(Shown.share(part[$0] ?? 0, of: all))"
        }.joined(separator: ", ")
        let pieces = Layer.allCases.compactMap { layer -> Markup? in
            guard let count = part[layer], count > 0 else { return nil }
            let size = Double(count) / Double(all) * height
            y -= size
            return """
                <rect class="layer-\(layer.name)" x="\(axis.left + Double(index) * width + 0.4)" y="\(y)" \
                width="\(width - 0.8)" height="\(size)"/>
                """
        }
        return "<g><title>\(title)</title>\(pieces)</g>"
    }

    private var legend: Markup {
        let items = Layer.allCases.filter { totals[$0] ?? 0 > 0 }.map { layer -> Markup in
            #"<li><span class="key layer-\#(layer.name)"></span>\#(layer.name)</li>"#
        }
        return #"<ul class="legend">\#(items)</ul>"#
    }

    /// Of the reads that came as far as a layer, the part that it served.
    var table: Markup {
        let all = totals.values.reduce(0, +)
        guard all > 0 else { return "" }
        let rows = Layer.allCases.compactMap { layer -> [Markup]? in
            guard let served = totals[layer] else { return nil }
            let arrived = totals.filter { $0.key >= layer }.values.reduce(0, +)
            return [
                "\(layer.name)", "\(Figures.count(arrived))", "\(Figures.count(served))",
                layer == .origin ? "–" : "\(Shown.share(served, of: arrived))", "\(Shown.share(served, of: all))",
            ]
        }
        return Tables.table(
            "Hit ratio of each layer",
            [
                .text("Layer"), .number("Reads that came so far"), .number("Served"), .number("Hit ratio"),
                .number("Share of all reads"),
            ], rows)
    }

    /// When operations failed or were of unknown outcome; nothing if none did.
    var troubles: Markup {
        let most = course.troubled.max() ?? 0
        guard most > 0 else { return "" }
        let width = (axis.right - axis.left) / Double(course.troubled.count)
        let bars = course.troubled.indices.filter { course.troubled[$0] > 0 }.map { index -> Markup in
            let size = max(2, Double(course.troubled[index]) / Double(most) * (axis.bottom - axis.top))
            return """
                <rect class="trouble" x="\(axis.left + Double(index) * width + 0.4)" y="\(axis.bottom - size)" \
                width="\(width - 0.8)" height="\(size)"><title>\(Figures.count(course.troubled[index]))</title></rect>
                """
        }
        let all = course.troubled.reduce(0, +)
        return """
            <figure class="quantity"><figcaption><h4>Operations that did not succeed</h4>\
            <p>\(Figures.count(all)) in all, at most \(Figures.count(most)) in one of \
            \(course.troubled.count) equal parts of the time.</p></figcaption>
            <div class="scroll" tabindex="0" role="group" aria-label="Operations that did not succeed, over time">\
            <svg class="chart wide" viewBox="0 0 \(Self.width) \(Self.height)" role="img" \
            aria-label="Operations that did not succeed, over time: \(Figures.count(all)) in all.">
            \(axis.background)
            \(bars)
            <text class="tick end" x="\(axis.left - 6)" y="\(axis.top + 4)">\(Figures.count(most))</text>
            </svg></div></figure>
            """
    }
}
