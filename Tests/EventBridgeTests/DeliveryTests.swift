import EventBridge
import Processes
import RedisClient
import TestSupport
import Testing

@Suite("Deliveries of a bridge")
struct DeliveryTests {
    @Test("Every event of another instance arrives once and in order", arguments: BridgeTransport.allCases)
    func everything(transport: BridgeTransport) async throws {
        try await BridgeRig.with { rig in
            let reader = try await rig.reader(transport)
            let publisher = try await rig.publisher(transport)
            for number in 0..<2000 { try publisher.publish([UInt8(number % 251), 0, 13, 10, 255]) }
            try await reader.eventuallyGiven(2000)
            #expect(reader.numbers == Array(1...2000))
            #expect(reader.payloads == (0..<2000).map { [UInt8($0 % 251), 0, 13, 10, 255] })
            await publisher.flush()
            #expect(publisher.counts.published == 2000)
            #expect(publisher.counts.confirmed == 2000)
            let counts = reader.bridge.counts
            #expect(counts.received == 2000)
            #expect([counts.missed, counts.gaps, counts.duplicatesFiltered, counts.foreign] == [0, 0, 0, 0])
            await publisher.close()
            await reader.bridge.close()
        }
    }

    @Test("Own events are filtered and counted, and other events arrive", arguments: BridgeTransport.allCases)
    func ownEvents(transport: BridgeTransport) async throws {
        try await BridgeRig.with { rig in
            let one = try await rig.reader(transport, instance: "one", publishes: true)
            let other = try await rig.reader(transport, instance: "other", publishes: true)
            for _ in 0..<50 { try one.bridge.publish([1]) }
            for _ in 0..<30 { try other.bridge.publish([2]) }
            try await eventually("all own events have come back") {
                one.bridge.counts.ownFiltered == 50 && other.bridge.counts.ownFiltered == 30
            }
            try await one.eventuallyGiven(30)
            try await other.eventuallyGiven(50)
            #expect(one.payloads == Array(repeating: [2], count: 30))
            #expect(other.payloads == Array(repeating: [1], count: 50))
            await one.bridge.close()
            await other.bridge.close()
        }
    }

    @Test("An instance that only publishes receives nothing", arguments: BridgeTransport.allCases)
    func publishesOnly(transport: BridgeTransport) async throws {
        try await BridgeRig.with { rig in
            let silent = try await Reader(
                BridgeConfiguration(
                    instance: "silent", name: rig.name, transport: transport, subscribes: false,
                    redis: rig.server.configuration))
            let reader = try await rig.reader(transport)
            let publisher = try await rig.publisher(transport)
            try publisher.publish([1])
            try silent.bridge.publish([2])
            try await reader.eventuallyGiven(2)
            #expect(silent.numbers.isEmpty)
            #expect(silent.bridge.counts.received + silent.bridge.counts.ownFiltered == 0)
            for bridge in [silent.bridge, reader.bridge, publisher] { await bridge.close() }
        }
    }

    @Test("An instance that only subscribes refuses to publish")
    func subscribesOnly() async throws {
        try await BridgeRig.with { rig in
            let reader = try await rig.reader(.pubSub)
            let error = #expect(throws: BridgeError.self) { try reader.bridge.publish([]) }
            #expect(error?.code == .publishingIsOff)
            await reader.bridge.close()
        }
    }

    @Test("An event that arrives twice is delivered once")
    func duplicates() async throws {
        try await BridgeRig.with { rig in
            let reader = try await rig.reader(.streams)
            let publisher = try await rig.publisher(.streams)
            for _ in 0..<3 { try publisher.publish([7]) }
            try await reader.eventuallyGiven(3)
            let entries = try #require(try await rig.command("XRANGE", rig.name, "-", "+").elements)
            let frame = try #require(entries[1].elements?[1].elements?[1].bytes)
            let connection = try await RedisConnection.connect(rig.server.configuration)
            _ = try await connection.send(
                RedisCommand("XADD", arguments: [.string(rig.name), "*", "e", .bytes(frame)]))
            await connection.close()
            try publisher.publish([8])
            try await reader.eventuallyGiven(4)
            #expect(reader.numbers == [1, 2, 3, 4])
            #expect(reader.bridge.counts.duplicatesFiltered == 1)
            await publisher.close()
            await reader.bridge.close()
        }
    }

    @Test(
        "Bytes that are not a frame are counted and have no other effect",
        arguments: ["", "E", "an event of somebody else's, longer"])
    func foreign(text: String) async throws {
        try await BridgeRig.with { rig in
            let reader = try await rig.reader(.pubSub)
            _ = try await rig.command("PUBLISH", rig.name, text)
            try await eventually("it is counted") { reader.bridge.counts.foreign == 1 }
            #expect(reader.numbers.isEmpty)
            await reader.bridge.close()
        }
    }

    @Test("An event keeps its given time")
    func time() async throws {
        try await BridgeRig.with { rig in
            let reader = try await rig.reader(.pubSub)
            let publisher = try await rig.publisher(.pubSub)
            let before = BridgeClock.now()
            try publisher.publish([], time: 42)
            try publisher.publish([])
            try await reader.eventuallyGiven(2)
            let times = reader.times
            #expect(times[0] == 42)
            #expect((before...BridgeClock.now()).contains(times[1]))
            await publisher.close()
            await reader.bridge.close()
        }
    }

    @Test("A full publisher refuses events, and loses none that it accepted")
    func fullOutbox() async throws {
        try await BridgeRig.with { rig in
            let reader = try await rig.reader(.streams)
            let publisher = try await EventBridge.open(
                BridgeConfiguration(
                    instance: "publisher", name: rig.name, transport: .streams, subscribes: false,
                    redis: rig.server.configuration, outboxLimit: 10)
            ) { _ in }
            // The server blocks writes, so no event leaves the publisher.
            _ = try await rig.command("CLIENT", "PAUSE", "600000", "WRITE")
            for _ in 0..<10 { try publisher.publish([]) }
            let error = #expect(throws: BridgeError.self) { try publisher.publish([]) }
            #expect(error?.code == .outboxFull)
            _ = try await rig.command("CLIENT", "UNPAUSE")
            try await reader.eventuallyGiven(10)
            await publisher.flush()
            let next = try publisher.publish([])
            #expect(next == 11)
            await publisher.close()
            let late = #expect(throws: BridgeError.self) { try publisher.publish([]) }
            #expect(late?.code == .closed)
            await reader.bridge.close()
        }
    }

    @Test("A name that is empty or too long is refused", arguments: [0, 256])
    func wrongName(length: Int) async throws {
        let error = await #expect(throws: BridgeError.self) {
            _ = try await EventBridge.open(
                BridgeConfiguration(
                    instance: String(repeating: "x", count: length), name: "b", redis: RedisConfiguration())
            ) { _ in }
        }
        #expect(error?.code == .invalidConfiguration)
    }
}
