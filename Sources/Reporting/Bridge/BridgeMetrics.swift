import BridgeTrial
import CoreMetrics
import EventBridge
import Scenarios
import Support

/// Tells a metrics system what the instances of an event bridge have counted, each time they are asked.
///
/// Instances report sums since their beginning; what is added is what has come since the last time.
public final class BridgeMetrics: Sendable {
    private struct Told {
        var counts: [String: UInt64] = [:]
        /// How often each latency occurred.
        var latencies: [UInt64: UInt64] = [:]
    }

    private let factory: any MetricsFactory
    private let told = Lock<[Int: Told]>([:])

    /// - Parameter factory: where the metrics go; by default wherever the process sends its metrics.
    public init(_ factory: any MetricsFactory = MetricsSystem.factory) { self.factory = factory }

    /// Their names, and what they mean.
    public static let help: [(name: String, meaning: String)] = [
        (published, "Events that an instance has published."),
        (delivered, "Events of others that were delivered to an instance, each once."),
        (missed, "Events that an instance knows it has missed."),
        (selfReceived, "Own events that were delivered to an instance in spite of the filter."),
        (duplicates, "Events that were delivered to an instance again in spite of the filter."),
        (disconnections, "Times that an instance lost its subscription."),
        (latency, "Seconds from the moment planned for an event to its delivery."),
    ]

    private static let published = "coherence_bridge_published_total"
    private static let delivered = "coherence_bridge_delivered_total"
    private static let missed = "coherence_bridge_missed_total"
    private static let selfReceived = "coherence_bridge_self_received_total"
    private static let duplicates = "coherence_bridge_duplicates_total"
    private static let disconnections = "coherence_bridge_disconnections_total"
    private static let latency = "coherence_bridge_delivery_seconds"

    /// Takes what came about up to now. A count that has gone down, as that of missed events does when one of them comes
    /// after all, stays what it was until it is exceeded.
    public func update(_ result: TrialResult) {
        told.withLock { told in
            for instance in result.instances {
                guard let report = instance.report else { continue }
                update(&told[instance.number, default: Told()], instance.number, report, result.plan)
            }
        }
    }

    private func update(_ told: inout Told, _ number: Int, _ report: InstanceReport, _ plan: TrialPlan) {
        let dimensions = [("instance", "\(number)"), ("transport", plan.bridge.transport.rawValue)]
        let counts = [
            Self.published: report.bridge.published,
            Self.delivered: report.delivered.values.reduce(0) { $0.addingClamped($1) },
            Self.missed: report.bridge.missed, Self.selfReceived: report.selfReceived,
            Self.duplicates: report.duplicates, Self.disconnections: report.bridge.disconnections,
        ]
        for (name, count) in counts {
            let before = told.counts[name] ?? 0
            Counter(label: name, dimensions: dimensions, factory: factory)
                .increment(by: count > before ? Int(clamping: count - before) : 0)
            told.counts[name] = max(count, before)
        }
        let timer = Timer(label: Self.latency, dimensions: dimensions, factory: factory)
        for latency in report.latencies {
            let before = told.latencies[latency.nanoseconds] ?? 0
            for _ in before..<max(before, latency.count) {
                timer.recordNanoseconds(Int64(clamping: latency.nanoseconds))
            }
            told.latencies[latency.nanoseconds] = latency.count
        }
    }
}
