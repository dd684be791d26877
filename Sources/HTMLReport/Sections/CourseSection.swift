import Checking
import History
import Judging
import Reporting
import Scenarios

import struct History.Operation
import struct Judging.Measurement

/// How a run went: quantities as distributions and over time, with phases and faults, and which layer served.
struct CourseSection {
    private let course: RunCourse
    private let measurements: [Measurement]
    /// When the violations that are told end, since the beginning.
    private let violations: [Int64]

    init(_ result: ScenarioResult) {
        let start = result.phases.first?.start ?? 0
        violations = result.checks.flatMap(\.violations).compactMap { violation in
            violation.operations.last.map { $0.end == Operation.never ? $0.start : $0.end }
        }.map { $0.subtractingReportingOverflow(start) }.filter { !$0.overflow }.map(\.partialValue)
        measurements = result.measurements
        course = RunCourse(of: result.history, phases: result.phases, faults: result.faults)
    }

    private static let titles: [Metric: String] = [
        .readLatency: "Latency of reads", .writeLatency: "Latency of writes",
        .invalidationLatency: "Latency of invalidations", .propagation: "Propagation", .staleness: "Staleness of reads",
    ]

    var markup: Markup {
        let figures = course.quantities.map(figure) + [layers, LayerChart(course, violations: violations).troubles]
        let shown = figures.filter { !$0.isEmpty }
        guard !shown.isEmpty else { return "" }
        return """
            <h3>How it went</h3>
            \(key)
            <div class="quantities">
            \(shown)
            </div>
            """
    }

    /// What the marks mean, and when faults were.
    private var key: Markup {
        let faults = course.faults.prefix(20).map { fault -> Markup in
            """
            <li><span class="key fault"></span>\(fault.name), \(Shown.time(Double(fault.start))) to \
            \(Shown.time(Double(fault.end)))</li>
            """
        }
        let violationKey: Markup =
            violations.isEmpty ? "" : #"<li><span class="key violation-mark"></span>a violation that is told</li>"#
        return """
            <ul class="legend"><li><span class="key p50"></span>median</li>\
            <li><span class="key p95"></span>95th percentile</li>\
            <li><span class="key greatest"></span>greatest</li>\(violationKey)\(faults)</ul>
            """
    }

    private func figure(_ quantity: RunCourse.Quantity) -> Markup {
        let title = Self.titles[quantity.metric] ?? quantity.metric.name
        var rows = quantity.layers.sorted { $0.key < $1.key }.map { (name: $0.key.name, values: $0.value) }
        if rows.count < 2 { rows = [(name: "", values: quantity.whole)] }
        let distribution = DistributionChart(title, rows)
        let overTime = CourseChart(title, quantity, of: course, violations: violations)
        return """
            <figure class="quantity"><figcaption><h4>\(title)</h4><p>\(summary(quantity))</p></figcaption>
            <div class="pair">\(distribution.markup)
            \(overTime.markup)</div>
            \(Tables.details("As tables", distribution.table + overTime.table))
            </figure>
            """
    }

    private func summary(_ quantity: RunCourse.Quantity) -> String {
        let whole = quantity.whole
        let measured = measurements.first { $0.metric == quantity.metric.name && $0.labels.isEmpty }
        let figures = [(Statistic.p50, 0.5), (.p95, 0.95), (.p99, 0.99)].map { statistic, share in
            // The figure that targets are held against, where there is one.
            let exact = measured?.value(of: statistic).map { $0 / quantity.metric.unit.displayFactor }
            return "\(statistic.rawValue) \(Shown.time(exact ?? Double(whole.value(at: share) ?? 0)))"
        }.joined(separator: ", ")
        let meaning = quantity.metric.meaning.prefix(1).uppercased() + quantity.metric.meaning.dropFirst()
        guard quantity.metric == .staleness else { return "\(meaning). \(figures)." }
        let stale = whole.count - whole.zeros
        return "\(meaning). \(Figures.count(stale)) of \(Figures.count(whole.count, "read")) "
            + "(\(Shown.share(stale, of: whole.count))) \(stale == 1 ? "was" : "were") out of date. \(figures)."
    }

    private var layers: Markup {
        let chart = LayerChart(course, violations: violations)
        let drawn = chart.markup
        guard !drawn.isEmpty else { return "" }
        return """
            <figure class="quantity"><figcaption><h4>Hit ratio</h4>\
            <p>Which layer served the reads.</p></figcaption>
            \(drawn)
            \(chart.table)
            </figure>
            """
    }
}
