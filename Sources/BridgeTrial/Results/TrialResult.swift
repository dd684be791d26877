import EventBridge
import Foundation

/// The result of one process.
public struct InstanceResult: Sendable {
    /// The number of the instance, from 0.
    public var number: Int
    /// The process identifier, if the process started.
    public var identifier: Int32?
    /// The number of events that it published, or `nil` if unknown.
    public var published: UInt64?
    /// Its last report, or `nil` if there is none.
    public var report: InstanceReport?
    /// Whether each published event had arrived or was known to be missing.
    public var isComplete: Bool
    /// The reason why it ended too early or failed.
    public var failure: String?
    /// The number of planned restarts that happened.
    public var restarts = 0

    /// The number of different events that its application received. `nil` without a report.
    public var received: UInt64? { report.map { $0.delivered.values.reduce(0, +) } }
}

/// The result of a trial. All sums are over the instances that reported and did not fail.
public struct TrialResult: Sendable {
    /// The plan of the trial.
    public var plan: TrialPlan
    /// Whether the trial had its own server.
    public var isPrivateServer: Bool
    /// The result of each instance.
    public var instances: [InstanceResult]
    /// Further remarks: tasks that were late, a fault that could not be injected.
    public var notes: [String]

    /// The number of published events.
    public var published: UInt64 { living.reduce(0) { $0 + ($1.published ?? 0) } }

    /// The events that could not be published, plus the messages that are not of the bridge.
    public var errors: UInt64 { sum { $0.errors } }

    /// The expected deliveries: each event once to each subscriber except its publisher.
    public var expected: UInt64 { living.reduce(0) { $0 + expected(by: $1) } }

    /// The number of deliveries. Each event counts once for each subscriber.
    public var delivered: UInt64 { living.reduce(0) { $0 + delivered(to: $1) } }

    /// The number of missing deliveries.
    public var lost: UInt64 { living.reduce(0) { $0 + lost(by: $1) } }

    /// The missing events that the bridges counted. The counts are exact if they equal ``lost`` for each instance.
    public var countedMissing: UInt64 { sum { $0.bridge.missed } }

    /// The events that the filter let pass more than once.
    public var duplicates: UInt64 { sum { $0.duplicates } }

    /// The own events that the filter let pass.
    public var selfReceived: UInt64 { sum { $0.selfReceived } }

    /// The latencies of all deliveries.
    public var latency: LatencySummary { LatencySummary(living.compactMap(\.report)) }

    /// The fraction of the expected deliveries that happened, from 0 to 1. `nil` if none was expected.
    public var delivery: Double? { expected > 0 ? Double(delivered) / Double(expected) : nil }

    /// The deliveries expected by one instance.
    public func expected(by instance: InstanceResult) -> UInt64 {
        guard plan.subscribes(instance.number) else { return 0 }
        return living.reduce(0) { $0 + ($1.number == instance.number ? 0 : $1.published ?? 0) }
    }

    /// The deliveries to one instance, each event once, from sources that did not fail.
    public func delivered(to instance: InstanceResult) -> UInt64 {
        living.reduce(0) { sum, other in
            other.number == instance.number ? sum : sum + (instance.report?.delivered[other.number] ?? 0)
        }
    }

    /// The missing deliveries of one instance.
    public func lost(by instance: InstanceResult) -> UInt64 {
        let expected = expected(by: instance)
        return expected - min(expected, delivered(to: instance))
    }

    /// The instances whose bridge counted other losses than there were. Empty if a source failed, because its last
    /// event is then unknown.
    public var miscounting: [InstanceResult] {
        dead.isEmpty ? living.filter(isMiscounting) : []
    }

    private func isMiscounting(_ instance: InstanceResult) -> Bool {
        guard instance.isComplete, let report = instance.report else { return false }
        return report.bridge.missed != lost(by: instance)
    }

    /// The instances that ended too early or failed.
    public var dead: [InstanceResult] { instances.filter { $0.failure != nil } }

    /// The instances with a report and without a failure.
    var living: [InstanceResult] { instances.filter { $0.failure == nil && $0.report != nil } }

    private func sum(_ count: (InstanceReport) -> UInt64) -> UInt64 {
        living.compactMap(\.report).reduce(0) { $0 + count($1) }
    }
}
