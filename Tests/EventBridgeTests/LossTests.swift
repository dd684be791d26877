import EventBridge
import Processes
import RedisClient
import TestSupport
import Testing

@Suite("Losses of a bridge and their counts")
struct LossTests {
    @Test(
        "While a subscriber is away, pub/sub and tracking lose events, and streams do not; the count is exact",
        arguments: [(.pubSub, 10), (.tracking, 10), (.streams, 0)] as [(BridgeTransport, Int)])
    func away(transport: BridgeTransport, loss: Int) async throws {
        try await BridgeRig.with { rig in
            let reader = try await rig.reader(transport)
            let publisher = try await rig.publisher(transport)
            for _ in 0..<5 { try publisher.publish([]) }
            try await reader.eventuallyGiven(5)
            try await rig.away(reader) {
                for _ in 0..<10 { try publisher.publish([]) }
                await publisher.flush()
            }
            for _ in 0..<5 { try publisher.publish([]) }
            try await reader.eventuallyGiven(20 - loss)
            #expect(reader.numbers == Array(1...5) + Array(UInt64(6 + loss)...20))
            #expect(reader.bridge.counts.missed == UInt64(loss))
            #expect(reader.notices.compactMap(\.missed) == (loss > 0 ? [6...15] : []))
            #expect(reader.bridge.counts.disconnections == 1)
            await publisher.close()
            await reader.bridge.close()
        }
    }

    @Test("A mark reveals the loss of the last events", arguments: [BridgeTransport.pubSub, .tracking])
    func tail(transport: BridgeTransport) async throws {
        try await BridgeRig.with { rig in
            let reader = try await rig.reader(transport)
            let publisher = try await rig.publisher(transport)
            try publisher.publish([])
            try await reader.eventuallyGiven(1)
            try await rig.away(reader) {
                for _ in 0..<3 { try publisher.publish([]) }
                await publisher.flush()
            }
            #expect(reader.bridge.counts.missed == 0)
            publisher.mark()
            try await eventually("the loss is known") { reader.bridge.counts.missed == 3 }
            #expect(reader.numbers == [1])
            await publisher.close()
            await reader.bridge.close()
        }
    }

    @Test("If a server restarts with its file, a stream loses nothing, and no waiting event is lost")
    func restart() async throws {
        try await BridgeRig.with(["--appendonly", "yes", "--appendfsync", "no"]) { rig in
            let reader = try await Reader(
                BridgeConfiguration(
                    instance: "reader", name: rig.name, transport: .streams, publishes: false,
                    redis: rig.server.configuration))
            let publisher = try await rig.publisher(.streams)
            for _ in 0..<100 { try publisher.publish([]) }
            try await reader.eventuallyGiven(50)
            rig.server.restart()
            for _ in 0..<100 { try publisher.publish([]) }
            try await reader.eventuallyGiven(200)
            try await eventually("the loss of the connection is seen") { reader.bridge.counts.disconnections > 0 }
            #expect(reader.numbers == Array(1...200))
            #expect(reader.bridge.counts.missed == 0)
            #expect(reader.replacements == 0)
            await publisher.close()
            await reader.bridge.close()
        }
    }

    @Test("If a server restarts without its data, the stream counts as replaced and is read from its beginning")
    func replaced() async throws {
        try await BridgeRig.with { rig in
            let reader = try await Reader(
                BridgeConfiguration(
                    instance: "reader", name: rig.name, transport: .streams, publishes: false,
                    redis: rig.server.configuration))
            let publisher = try await rig.publisher(.streams)
            for _ in 0..<5 { try publisher.publish([]) }
            try await reader.eventuallyGiven(5)
            await publisher.flush()
            rig.server.restart()
            // An event that the old server accepted would be lost with it.
            try await eventually("the old server is gone") { reader.bridge.counts.disconnections > 0 }
            for _ in 0..<5 { try publisher.publish([]) }
            try await reader.eventuallyGiven(10)
            #expect(reader.numbers == Array(1...10))
            #expect(reader.replacements == 1)
            await publisher.close()
            await reader.bridge.close()
        }
    }

    @Test("A subscriber that restarts from its position receives exactly the missing events")
    func position() async throws {
        try await BridgeRig.with { rig in
            let first = try await rig.reader(.streams)
            let publisher = try await rig.publisher(.streams)
            for _ in 0..<10 { try publisher.publish([]) }
            try await first.eventuallyGiven(10)
            await first.bridge.close()
            let position = try #require(first.bridge.position)
            #expect(position.entriesAdded == 10)
            for _ in 0..<10 { try publisher.publish([]) }
            await publisher.flush()
            let second = try await rig.reader(.streams, position: position)
            try await second.eventuallyGiven(10)
            #expect(second.numbers == Array(11...20))
            #expect(second.bridge.counts.trimmed == 0)
            await publisher.close()
            await second.bridge.close()
        }
    }

    @Test("Without a position a subscriber begins with the events published after it was opened")
    func noPosition() async throws {
        try await BridgeRig.with { rig in
            let publisher = try await rig.publisher(.streams)
            for _ in 0..<10 { try publisher.publish([]) }
            await publisher.flush()
            let reader = try await rig.reader(.streams)
            try publisher.publish([])
            try await reader.eventuallyGiven(1)
            #expect(reader.numbers == [11])
            #expect(reader.bridge.counts.missed == 0)
            await publisher.close()
            await reader.bridge.close()
        }
    }

    @Test("Entries trimmed unread are noticed and counted", arguments: [250, 10, 0])
    func trimmed(kept: Int) async throws {
        try await BridgeRig.with { rig in
            let first = try await rig.reader(.streams)
            let publisher = try await rig.publisher(.streams)
            for _ in 0..<40 { try publisher.publish([]) }
            try await first.eventuallyGiven(40)
            await first.bridge.close()
            for _ in 0..<300 { try publisher.publish([]) }
            await publisher.flush()
            _ = try await rig.command("XTRIM", rig.name, "MAXLEN", "=", "\(kept)")
            let second = try await rig.reader(.streams, position: first.bridge.position)
            try await second.eventuallyGiven(kept)
            try await eventually("the trim is noticed") { second.bridge.counts.trimmed > 0 }
            #expect(second.bridge.counts.trimmed == UInt64(300 - kept))
            #expect(second.notices.compactMap(\.trimmed) == [300 - kept])
            #expect(second.numbers == Array(UInt64(341 - kept)..<341))
            await publisher.close()
            await second.bridge.close()
        }
    }

    @Test("A stream is kept at about its length, without an effect on a subscriber that keeps up")
    func length() async throws {
        try await BridgeRig.with { rig in
            let reader = try await rig.reader(.streams)
            let publisher = try await EventBridge.open(
                BridgeConfiguration(
                    instance: "publisher", name: rig.name, transport: .streams, subscribes: false,
                    redis: rig.server.configuration, streamLength: 500)
            ) { _ in }
            for round in 1...10 {
                for _ in 0..<200 { try publisher.publish([]) }
                try await reader.eventuallyGiven(round * 200)
            }
            let length = try #require(try await rig.command("XLEN", rig.name).integerValue)
            // The server removes whole nodes of a hundred entries by default.
            #expect((500...600).contains(length))
            #expect(reader.numbers == Array(1...2000))
            #expect(reader.bridge.counts.trimmed == 0)
            await publisher.close()
            await reader.bridge.close()
        }
    }
}
