import RedisClient
import TestSupport
import Testing

@testable import EventBridge

@Suite("A subscriber that takes the place of another", .serialized)
struct RestartTests {
    /// What the second one is told.
    enum Kept: String, Sendable, CaseIterable, CustomTestStringConvertible {
        case everything, positionOnly, deliveriesOnly, nothing
        var testDescription: String { rawValue }
    }

    @Test(
        "With what the first one kept it is given the rest, and nothing twice; what it does not know shows",
        arguments: Kept.allCases)
    func restart(kept: Kept) async throws {
        try await BridgeRig.with { rig in
            let first = try await rig.reader(.streams)
            let publisher = try await rig.publisher(.streams)
            for _ in 0..<5 { try publisher.publish([]) }
            try await eventually("the position after five") { first.bridge.position?.entriesAdded == 5 }
            // As of one that is killed between the last events and the keeping of the position.
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
                // The first one has had 6 to 10.
                case .positionOnly: Array(6...21)
                case .deliveriesOnly, .nothing: [21]
                }
            try await second.eventuallyGiven(numbers.count)
            #expect(second.numbers == numbers)
            let counts = second.bridge.counts
            #expect(counts.duplicatesFiltered == (kept == .everything ? 5 : 0))
            // Ten are lost without the position; who knows what it was given before knows that, too.
            #expect(counts.missed == (kept == .deliveriesOnly ? 10 : 0))
            await publisher.close()
            await second.bridge.close()
        }
    }

    @Test("What was missing before the restart is counted after it, and taken off when it comes after all")
    func holes() {
        let source = EventSource(instance: "a", firstPublished: 1)
        func event(_ number: UInt64) -> EventFrame {
            EventFrame(kind: .event, event: BridgeEvent(source: source, sequence: number, time: 0, payload: []))
        }
        var first = EventLedger(instance: "me")
        first.subscribedSince = 0
        for number: UInt64 in [1, 2, 6, 9] { _ = first.take(event(number)) }
        #expect(first.delivered == [DeliveredEvents(source: source, highest: 9, missing: [3...5, 7...8])])
        var second = EventLedger(instance: "me", delivered: first.delivered)
        #expect(second.counts.missed == first.counts.missed)
        #expect(second.counts.gaps == first.counts.gaps)
        #expect(second.take(event(2)).isDelivered == false)
        #expect(second.take(event(4)).isDelivered)
        #expect(second.counts.missed == 4)
        #expect(second.take(event(10)).isDelivered)
        #expect(second.delivered == [DeliveredEvents(source: source, highest: 10, missing: [3...3, 5...5, 7...8])])
    }
}
