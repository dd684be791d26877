import BridgeTrial
import EventBridge
import Scenarios

/// What the instances of a bridge have counted, for a JSON document.
public struct BridgeFigures: Codable, Sendable {
    public var plan: Plan
    public var published: UInt64
    public var expected: UInt64
    public var delivered: UInt64
    /// From 0 to 1; absent if nothing was expected.
    public var delivery: Double?
    public var lost: UInt64
    public var duplicates: UInt64
    public var selfReceived: UInt64
    /// How many instances counted other losses than there were.
    public var miscounted: Int
    public var errors: UInt64
    public var latency: Latency
    public var instances: [Instance]
    public var notes: [String]

    public struct Plan: Codable, Sendable {
        public var instances: Int
        /// How many publish.
        public var publishers: Int
        /// Which, counted from 0.
        public var publishing: [Int]
        public var subscribing: [Int]
        public var seconds: Double
        public var rate: Int
        public var payload: Int
        public var transport: String
        public var fault: String?

        init(_ plan: TrialPlan) {
            instances = plan.bridge.instances
            publishers = plan.bridge.publishers.count
            publishing = plan.bridge.publishers
            subscribing = plan.bridge.subscribers
            seconds = plan.seconds
            rate = plan.bridge.rate
            payload = plan.bridge.payload
            transport = plan.bridge.transport.rawValue
            fault = plan.bridge.fault?.rawValue
        }
    }

    /// In nanoseconds.
    public struct Latency: Codable, Sendable {
        public var count: UInt64
        public var min: UInt64?
        public var mean: Double?
        public var p50: UInt64?
        public var p95: UInt64?
        public var p99: UInt64?
        public var max: UInt64?

        init(_ summary: LatencySummary) {
            (count, min, mean) = (summary.count, summary.min, summary.mean)
            (p50, p95, p99, max) = (summary.p50, summary.p95, summary.p99, summary.max)
        }
    }

    public struct Instance: Codable, Sendable {
        public var number: Int
        public var process: Int32?
        public var received: UInt64?
        public var lost: UInt64?
        public var duplicates: UInt64?
        public var selfReceived: UInt64?
        public var errors: UInt64?
        /// The longest time without its subscription, in nanoseconds.
        public var disconnected: UInt64?
        public var restarts: Int
        public var bridge: BridgeCounts?
        public var latency: Latency?
        public var failure: String?
    }

    init(_ result: TrialResult) {
        plan = Plan(result.plan)
        published = result.published
        expected = result.expected
        delivered = result.delivered
        delivery = result.delivery
        lost = result.lost
        duplicates = result.duplicates
        selfReceived = result.selfReceived
        miscounted = result.miscounting.count
        errors = result.errors
        latency = Latency(result.latency)
        instances = result.instances.map { instance in
            Instance(
                number: instance.number, process: instance.identifier, received: instance.received,
                lost: instance.report.map { _ in result.lost(by: instance) }, duplicates: instance.report?.duplicates,
                selfReceived: instance.report?.selfReceived, errors: instance.report?.errors,
                disconnected: instance.report?.longestAbsence, restarts: instance.restarts,
                bridge: instance.report?.bridge, latency: instance.report.map { Latency(LatencySummary($0)) },
                failure: instance.failure)
        }
        notes = result.notes
    }
}
