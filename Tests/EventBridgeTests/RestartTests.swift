import RedisClient
import TestSupport
import Testing

@testable import EventBridge

@Suite("A subscriber that replaces another", .serialized)
struct RestartTests {
    /// The state that the replacement gets.
    enum Kept: String, Sendable, CaseIterable, CustomTestStringConvertible {
        case everything, positionOnly, deliveriesOnly, nothing
        var testDescription: String { rawValue }
    }

    @Test(
        "With the state of the first one it receives the rest and nothing twice; missing state has a visible effect",
        arguments: Kept.allCases)
    func restart(kept: Kept) async throws {
        try await BridgeRig.with { rig in
            let first = try await rig.reader(.streams)
            let publisher = try await rig.publisher(.streams)
            for _ in 0..<5 { try publisher.publish([]) }
            try await eventually("the position after five") { first.bridge.position?.entriesAdded == 5 }
            // As after a crash between the last events and the storing of the position.
            let position = try #require(first.bridge.position)
            for _ in 0..<5 { try publisher.publish([]) }
            try await first.eventuallyGiven(10)
            let delivered = first.bridge.delivered
            #expect(delivered.map(\.highest) == [10])
            #expect(delivered.map(\.missing) == [[]])
            await first.bridge.close()
            for _ in 0..<10 { try publisher.publish([]) }
            await publisher.flush()
            let second = try await rig.reader(
                .streams, position: [.everything, .positionOnly].contains(kept) ? position : nil,
                delivered: [.everything, .deliveriesOnly].contains(kept) ? delivered : [])
            try publisher.publish([])
            let numbers: [UInt64] =
                switch kept {
                case .everything: Array(11...21)
                // The first subscriber has received 6 to 10.
                case .positionOnly: Array(6...21)
                case .deliveriesOnly, .nothing: [21]
                }
            try await second.eventuallyGiven(numbers.count)
            #expect(second.numbers == numbers)
            let counts = second.bridge.counts
            #expect(counts.duplicatesFiltered == (kept == .everything ? 5 : 0))
            // Without the position ten events are lost. A replacement that knows the deliveries also knows this.
            #expect(counts.missed == (kept == .deliveriesOnly ? 10 : 0))
            await publisher.close()
            await second.bridge.close()
        }
    }

    @Test("Events missing before the restart are counted after it, and subtracted when they arrive")
    func holes() {
        let source = EventSource(instance: "a", firstPublished: 1)
        func event(_ number: UInt64) -> EventFrame {
            EventFrame(kind: .event, event: BridgeEvent(source: source, sequence: number, time: 0, payload: []))
        }
        var first = EventTracker(instance: "me")
        first.subscribedSince = 0
        for number: UInt64 in [1, 2, 6, 9] { _ = first.take(event(number)) }
        #expect(first.delivered == [DeliveredEvents(source: source, highest: 9, missing: [3...5, 7...8])])
        var second = EventTracker(instance: "me", delivered: first.delivered)
        #expect(second.counts.missed == first.counts.missed)
        #expect(second.counts.gaps == first.counts.gaps)
        #expect(second.take(event(2)).isDelivered == false)
        #expect(second.take(event(4)).isDelivered)
        #expect(second.counts.missed == 4)
        #expect(second.take(event(10)).isDelivered)
        #expect(second.delivered == [DeliveredEvents(source: source, highest: 10, missing: [3...3, 5...5, 7...8])])
    }
}
