import EventBridge
import Foundation
import ScenarioRunner

/// What became of one process.
public struct InstanceResult: Sendable {
    public var number: Int
    /// Its process, if it could be started.
    public var identifier: Int32?
    /// How many events it has published; `nil` if that is not known.
    public var published: UInt64?
    public var report: InstanceReport?
    /// Whether everything that was published had come to it or was known to it to be missing.
    public var isComplete: Bool
    /// How it ended too early, or what it could not do.
    public var failure: String?
    /// How often it was killed and started again, as the plan wants it.
    public var restarts = 0

    /// What its application was given, each event once; `nil` if it did not report.
    public var received: UInt64? { report.map { $0.delivered.values.reduce(0, +) } }
}

/// What became of a trial. All sums are over the instances that lived to report.
public struct TrialResult: Sendable {
    public var plan: TrialPlan
    public var isPrivateServer: Bool
    public var instances: [InstanceResult]
    /// What else there is to say: what was not done in time, a fault that could not be provoked.
    public var notes: [String]

    /// Events published.
    public var published: UInt64 { living.reduce(0) { $0 + ($1.published ?? 0) } }

    /// What could not be published, and messages that were none of the bridge's.
    public var errors: UInt64 { sum { $0.errors } }

    /// Each event once to each subscriber but its publisher.
    public var expected: UInt64 { living.reduce(0) { $0 + expected(by: $1) } }

    /// What was delivered, each event once.
    public var delivered: UInt64 { living.reduce(0) { $0 + delivered(to: $1) } }

    /// What was expected and not delivered.
    public var lost: UInt64 { living.reduce(0) { $0 + lost(by: $1) } }

    /// What the bridges say that they missed; exact if it equals ``lost``, instance by instance.
    public var countedMissing: UInt64 { sum { $0.bridge.missed } }

    /// What was delivered again, in spite of the filter.
    public var duplicates: UInt64 { sum { $0.duplicates } }

    /// What was delivered to its publisher, in spite of the filter.
    public var selfReceived: UInt64 { sum { $0.selfReceived } }

    /// All deliveries of all instances.
    public var latency: LatencySummary { LatencySummary(living.compactMap(\.report)) }

    /// The share of the expected deliveries, from 0 to 1; `nil` if nothing was expected.
    public var delivery: Double? { expected > 0 ? Double(delivered) / Double(expected) : nil }

    /// What an instance should have been given.
    public func expected(by instance: InstanceResult) -> UInt64 {
        guard plan.subscribes(instance.number) else { return 0 }
        return living.reduce(0) { $0 + ($1.number == instance.number ? 0 : $1.published ?? 0) }
    }

    /// What an instance was given, each event once, of others that lived.
    public func delivered(to instance: InstanceResult) -> UInt64 {
        living.reduce(0) { sum, other in
            other.number == instance.number ? sum : sum + (instance.report?.delivered[other.number] ?? 0)
        }
    }

    /// What an instance should have been given and was not.
    public func lost(by instance: InstanceResult) -> UInt64 {
        let expected = expected(by: instance)
        return expected - min(expected, delivered(to: instance))
    }

    /// Instances whose bridge counted other losses than there were. Only where all sources lived: of another nobody
    /// knows how far it came.
    public var miscounting: [InstanceResult] {
        dead.isEmpty ? living.filter(isMiscounting) : []
    }

    private func isMiscounting(_ instance: InstanceResult) -> Bool {
        guard instance.isComplete, let report = instance.report else { return false }
        return report.bridge.missed != lost(by: instance)
    }

    /// Those that ended too early or could not do their part.
    public var dead: [InstanceResult] { instances.filter { $0.failure != nil } }

    /// Those of whom something can be said.
    var living: [InstanceResult] { instances.filter { $0.failure == nil && $0.report != nil } }

    private func sum(_ count: (InstanceReport) -> UInt64) -> UInt64 {
        living.compactMap(\.report).reduce(0) { $0 + count($1) }
    }
}
