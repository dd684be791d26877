public import CoreMetrics
import Locking

/// A backend for swift-metrics that a Prometheus server can read.
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
/// A label may hold letters, digits, `_` and `:`; everything else becomes `_`. Two metrics of one name are one if they are of one
/// kind, however often they are made; of the second kind under a name nothing is exported, and
/// `metrics_rejected{name="…"}` counts them.
public final class PrometheusRegistry: MetricsFactory, Sendable {
    /// Bounds of histograms in seconds, from 100 µs to 10 s. What is above the last one is counted all the same.
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

    /// - Parameter buckets: of the histograms of these labels, in ascending order; of all others ``defaultBuckets``.
    public init(buckets: [String: [Double]] = [:]) {
        self.buckets = Dictionary(
            buckets.map { (Self.name($0.key), $0.value.sorted()) }, uniquingKeysWith: { first, _ in first })
    }

    /// Says what a metric means, for whoever reads the page.
    public func describe(_ label: String, _ help: String) {
        state.withLock { $0.help[Self.name(label)] = help }
    }

    // MARK: MetricsFactory

    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        Number(series(label, dimensions, .counter))
    }

    public func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        Number(series(label, dimensions, .counter))
    }

    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        Number(series(label, dimensions, .gauge))
    }

    public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        aggregate ? Distribution(series(label, dimensions, .histogram)) : Number(series(label, dimensions, .gauge))
    }

    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        Distribution(series(label, dimensions, .histogram))
    }

    // A series stays when the object that made it goes: Prometheus wants counters that never go back.
    public func destroyCounter(_ handler: any CounterHandler) {}
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    public func destroyMeter(_ handler: any MeterHandler) {}
    public func destroyRecorder(_ handler: any RecorderHandler) {}
    public func destroyTimer(_ handler: any TimerHandler) {}

    /// The series of these labels; a new one that is exported nowhere if its name is taken by another kind.
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

    /// With everything that Prometheus does not take replaced.
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

    /// Everything in Prometheus' text format (version 0.0.4), in the order of names and labels. Linear in the number of series.
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
