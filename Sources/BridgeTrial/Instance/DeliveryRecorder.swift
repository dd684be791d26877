import EventBridge
import Histogram
import Support

/// The application's own record of the events that it received. It does not use any count of the bridge.
final class DeliveryRecorder: Sendable {
    private struct State {
        /// One bit for each number of each instance.
        var seen: [String: [UInt64]] = [:]
        var delivered: [String: UInt64] = [:]
        var duplicates: UInt64 = 0
        var selfReceived: UInt64 = 0
        var latencies = Histogram<UInt64>(
            highestTrackableValue: 3_600_000_000_000, numberOfSignificantValueDigits: .three)
    }

    private let ownName: String
    private let state = Lock(State())

    init(ownName: String) {
        self.ownName = ownName
    }

    /// Adds received events. O(1) for each.
    func record(_ deliveries: some Sequence<ReceivedEvent>) {
        state.withLock { state in
            for delivery in deliveries {
                let name = delivery.source
                if name == ownName { state.selfReceived += 1 }
                let (word, bit) = Int(delivery.sequence).quotientAndRemainder(dividingBy: 64)
                let isNew = Self.set(bit, of: word, in: &state.seen[name, default: []])
                guard isNew else {
                    state.duplicates += 1
                    continue
                }
                state.delivered[name, default: 0] += 1
                state.latencies.record(delivery.latency)
            }
        }
    }

    /// The number of received events, including repeated ones.
    var count: UInt64 {
        state.withLock { $0.delivered.values.reduce($0.duplicates, +) }
    }

    /// - Returns: whether the bit was not set before.
    private static func set(_ bit: Int, of word: Int, in words: inout [UInt64]) -> Bool {
        while words.count <= word { words.append(0) }
        defer { words[word] |= 1 << UInt64(bit) }
        return words[word] & 1 << UInt64(bit) == 0
    }

    func report(instances: Int, bridge: BridgeCounts) -> InstanceReport {
        state.withLock { state in
            var report = InstanceReport()
            report.bridge = bridge
            for number in 0..<instances {
                report.delivered[number] = state.delivered[TrialInstanceSettings.name(number)]
            }
            report.duplicates = state.duplicates
            report.selfReceived = state.selfReceived
            report.latencies = state.latencies.recordedValues().map {
                InstanceReport.LatencyCount(nanoseconds: $0.value, count: UInt64($0.count))
            }
            return report
        }
    }
}

/// One event that the application of an instance received.
struct ReceivedEvent: Sendable, Hashable, Codable {
    /// The publisher of the event.
    var source: String
    var sequence: UInt64
    /// The time from the planned moment of the event to its delivery, in nanoseconds.
    var latency: UInt64

    init(_ event: BridgeEvent, at now: Int64) {
        source = event.source.instance
        sequence = event.sequence
        let (elapsed, overflow) = now.subtractingReportingOverflow(event.time)
        // The time in an event is a claim of its publisher.
        latency = overflow ? 0 : UInt64(clamping: elapsed)
    }
}
