import EventBridge
import Histogram
import Support

/// The application's own record of what it was given: it believes nothing that the bridge says of itself.
final class DeliveryBook: Sendable {
    private struct Pages {
        /// A bit for each number of each instance.
        var seen: [String: [UInt64]] = [:]
        var delivered: [String: UInt64] = [:]
        var duplicates: UInt64 = 0
        var selfReceived: UInt64 = 0
        var latencies = Histogram<UInt64>(
            highestTrackableValue: 3_600_000_000_000, numberOfSignificantValueDigits: .three)
    }

    private let ownName: String
    private let pages = Lock(Pages())

    init(ownName: String) {
        self.ownName = ownName
    }

    /// Takes events that were given. O(1) for each.
    func enter(_ deliveries: some Sequence<Delivery>) {
        pages.withLock { pages in
            for delivery in deliveries {
                let name = delivery.source
                if name == ownName { pages.selfReceived += 1 }
                let (word, bit) = Int(delivery.sequence).quotientAndRemainder(dividingBy: 64)
                let isNew = Self.set(bit, of: word, in: &pages.seen[name, default: []])
                guard isNew else {
                    pages.duplicates += 1
                    continue
                }
                pages.delivered[name, default: 0] += 1
                pages.latencies.record(delivery.latency)
            }
        }
    }

    /// How many events were given, those that were given again among them.
    var entered: UInt64 {
        pages.withLock { $0.delivered.values.reduce($0.duplicates, +) }
    }

    /// - Returns: whether it was not set before.
    private static func set(_ bit: Int, of word: Int, in words: inout [UInt64]) -> Bool {
        while words.count <= word { words.append(0) }
        defer { words[word] |= 1 << UInt64(bit) }
        return words[word] & 1 << UInt64(bit) == 0
    }

    func report(instances: Int, bridge: BridgeCounts) -> InstanceReport {
        pages.withLock { pages in
            var report = InstanceReport()
            report.bridge = bridge
            for number in 0..<instances {
                report.delivered[number] = pages.delivered[InstanceSettings.name(number)]
            }
            report.duplicates = pages.duplicates
            report.selfReceived = pages.selfReceived
            report.latencies = pages.latencies.recordedValues().map {
                InstanceReport.LatencyCount(nanoseconds: $0.value, count: UInt64($0.count))
            }
            return report
        }
    }
}
