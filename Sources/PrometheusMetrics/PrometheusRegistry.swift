public import CoreMetrics
import Support

/// A backend of swift-metrics that a Prometheus server can read.
///
/// ```swift
/// let registry = PrometheusRegistry()
/// MetricsSystem.bootstrap(registry)
/// let endpoint = try await MetricsEndpoint.start(registry, at: "127.0.0.1:9464")
/// ```
///
/// | swift-metrics | Prometheus |
/// | --- | --- |
/// | `Counter`, `FloatingPointCounter` | counter |
/// | `Gauge`, `Meter`, `Recorder(aggregate: false)` | gauge |
/// | `Timer` | histogram, in seconds |
/// | `Recorder(aggregate: true)` | histogram |
///
/// A label may contain ASCII letters, digits, `_` and `:`. The registry replaces every other character by `_`. All
/// metrics of one name and one kind are one metric. A metric whose name belongs to another kind already is not
/// exported. `metrics_rejected{name="…"}` counts such metrics.
///
/// Why this is not the library swift-prometheus (2.0): it ends the process if a second metric has the name of a
/// metric of another kind, or the same name with other label names. A metric must not end a run or a service.
public final class PrometheusRegistry: MetricsFactory, Sendable {
    /// The upper bounds of histogram buckets by default, in seconds: from 100 µs to 10 s. A histogram also counts
    /// values above the last bound.
    public static let defaultBuckets: [Double] = [
        0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]

    private struct State {
        var families: [String: Family] = [:]
        var help: [String: String] = [:]
        var rejected: [String: Int64] = [:]
    }

    private let state = Lock(State())
    private let buckets: [String: [Double]]

    /// Creates an empty registry.
    ///
    /// - Parameter buckets: for each label of a histogram its upper bounds. All other histograms have the
    ///   ``defaultBuckets``.
    public init(buckets: [String: [Double]] = [:]) {
        self.buckets = Dictionary(
            buckets.map { (Self.name($0.key), $0.value.sorted()) }, uniquingKeysWith: { first, _ in first })
    }

    /// Sets the help text of a metric on the page.
    public func describe(_ label: String, _ help: String) {
        state.withLock { $0.help[Self.name(label)] = help }
    }

    // MARK: MetricsFactory

    /// Returns the handler of a counter. O(1) under a lock.
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        Number(series(label, dimensions, .counter))
    }

    /// Returns the handler of a counter. O(1) under a lock.
    public func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        Number(series(label, dimensions, .counter))
    }

    /// Returns the handler of a gauge. O(1) under a lock.
    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        Number(series(label, dimensions, .gauge))
    }

    /// Returns the handler of a histogram if `aggregate`, or of a gauge. O(1) under a lock.
    public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        aggregate ? Distribution(series(label, dimensions, .histogram)) : Number(series(label, dimensions, .gauge))
    }

    /// Returns the handler of a histogram in seconds. O(1) under a lock.
    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        Distribution(series(label, dimensions, .histogram))
    }

    // A series remains after its metric object is destroyed, because a counter of Prometheus must not decrease.
    /// Does nothing: the series remains on the page.
    public func destroyCounter(_ handler: any CounterHandler) {}
    /// Does nothing: the series remains on the page.
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    /// Does nothing: the series remains on the page.
    public func destroyMeter(_ handler: any MeterHandler) {}
    /// Does nothing: the series remains on the page.
    public func destroyRecorder(_ handler: any RecorderHandler) {}
    /// Does nothing: the series remains on the page.
    public func destroyTimer(_ handler: any TimerHandler) {}

    /// Returns the series of these labels. If the name belongs to another kind, it returns a series that is not
    /// exported.
    private func series(_ label: String, _ dimensions: [(String, String)], _ kind: Family.Kind) -> Series {
        let name = Self.name(label)
        return state.withLock { state in
            var family = state.families[name] ?? Family(kind: kind, buckets: buckets[name] ?? Self.defaultBuckets)
            guard family.kind == kind else {
                state.rejected[name, default: 0] += 1
                return Series(buckets: family.buckets)
            }
            let labels = LabelSet(dimensions)
            if let series = family.series[labels] { return series }
            let series = Series(buckets: kind == .histogram ? family.buckets : [])
            family.series[labels] = series
            state.families[name] = family
            return series
        }
    }

    /// Returns the name with each invalid character replaced.
    static func name(_ label: String) -> String {
        let name = String(
            label.unicodeScalars.map { scalar in
                let isAllowed = scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
                return isAllowed || scalar == "_" || scalar == ":" ? Character(scalar) : "_"
            })
        guard let first = name.first else { return "_" }
        return first.isNumber ? "_" + name : name
    }

    // MARK: The page

    /// Returns all series in the text format of Prometheus (version 0.0.4), ordered by name and labels. O(n log n) in
    /// the number of series.
    public func page() -> String {
        let (families, help, rejected) = state.withLock { ($0.families, $0.help, $0.rejected) }
        var page = ExpositionPage()
        for (name, family) in families.sorted(by: { $0.key < $1.key }) {
            page.add(name, family, help: help[name])
        }
        if !rejected.isEmpty {
            var family = Family(kind: .counter, buckets: [])
            for (name, count) in rejected {
                let series = Series(buckets: [])
                series.add(Double(count))
                family.series[LabelSet([("name", name)])] = series
            }
            page.add("metrics_rejected", family, help: "Metrics not exported: another kind has their name.")
        }
        return page.text
    }
}
