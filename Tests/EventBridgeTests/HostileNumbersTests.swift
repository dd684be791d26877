import Testing

@testable import EventBridge
@testable import RedisClient

@Suite("Impossible numbers from a Redis and from other clients")
struct HostileNumbersTests {
    private static let numbers: [UInt64] = [
        0, 1, 2, 1 << 32, (1 << 62) - 1, 1 << 62, (1 << 62) + 1, 1 << 63, .max - 1, .max,
    ]

    @Test("Frames with any numbers are refused or counted, without a trap")
    func frames() {
        var refused = 0
        var tracker = EventTracker(instance: "me")
        tracker.subscribedSince = 100
        for kind in [EventFrame.Kind.event, .mark] {
            for first in [Int64.min, 0, 100, .max] {
                for (index, sequence) in (Self.numbers + Self.numbers.reversed()).enumerated() {
                    let source = EventSource(instance: "other \(index % 3)", firstPublished: first)
                    let event = BridgeEvent(source: source, sequence: sequence, time: .min, payload: [])
                    guard let frame = EventFrame(EventFrame(kind: kind, event: event).encoded) else {
                        refused += 1
                        continue
                    }
                    #expect((1...EventFrame.lastSequence).contains(frame.event.sequence), "\(kind) \(sequence)")
                    _ = tracker.take(frame)
                }
            }
        }
        // Five of the ten numbers are not valid for an event.
        #expect(refused == 2 * 4 * 10)
        // Many sources each claim to have lost everything. The count stops at its maximum.
        #expect(tracker.counts.missed > .max - 100)
    }

    @Test("A server's state of a stream is possible, or an error")
    func streams() {
        let claims = [Int64.min, -1, 0, 1, 5, 1 << 62, (1 << 62) + 1, .max]
        var accepted = 0
        for length in claims {
            for added in claims {
                let reply = RedisValue.array([
                    .bulk(Array("length".utf8)), .integer(length), .bulk(Array("entries-added".utf8)), .integer(added),
                    .bulk(Array("last-generated-id".utf8)), .bulk(Array("5-0".utf8)),
                ])
                guard let state = StreamState(reply) else { continue }
                accepted += 1
                #expect(
                    0 <= state.length && state.length <= state.entriesAdded && state.entriesAdded <= 1 << 62,
                    "length \(length), added \(added)")
                for read in [0, 5, 1 << 62] {
                    var position = StreamPosition(
                        entry: StreamEntryID(milliseconds: 4, sequence: .max), entriesAdded: read)
                    _ = position.isInside(state)
                    _ = position.catchUp(with: state)
                }
            }
        }
        #expect(accepted == 10)
    }

    @Test(
        "A stream with a time to live is given it in the command that adds to it, and so is each frame after the first")
    func additions() {
        var configuration = BridgeConfiguration(instance: "i", name: "b", transport: .streams, redis: .init())
        configuration.dataLifetime = .seconds(5)
        let encoder = FrameCommands(configuration)
        #expect(encoder.commands(for: [1], isFirst: true).map(\.name) == ["EVAL"])
        #expect(encoder.commands(for: [1], isFirst: false).map(\.name) == ["EVALSHA"])
        configuration.dataLifetime = nil
        #expect(FrameCommands(configuration).commands(for: [1]).map(\.name) == ["XADD"])
    }
}
