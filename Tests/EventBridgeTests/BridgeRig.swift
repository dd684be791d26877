import EventBridge
import Processes
import RedisClient
import Support
import TestSupport

/// A private server, with an account for subscribers that a test can lock.
struct BridgeRig: Sendable {
    let server: RedisServer
    let name = "test:bridge"

    static func with(_ settings: [String] = [], _ body: (BridgeRig) async throws -> Void) async throws {
        let rig = BridgeRig(server: try await RedisServer.open(.privateServer, settings: settings))
        do {
            _ = try await rig.command("ACL", "SETUSER", "reader", "on", ">secret", "~*", "&*", "+@all")
            try await body(rig)
        } catch {
            await rig.server.close()
            throw error
        }
        await rig.server.close()
    }

    func command(_ words: String...) async throws -> RedisValue {
        let connection = try await RedisConnection.connect(server.configuration)
        do {
            let reply = try await connection.send(RedisCommand(parts: words))
            await connection.close()
            return reply
        } catch {
            await connection.close()
            throw error
        }
    }

    func publisher(_ transport: BridgeTransport) async throws -> EventBridge {
        try await EventBridge.open(
            BridgeConfiguration(
                instance: "publisher", name: name, transport: transport, subscribes: false, redis: server.configuration,
                markInterval: .seconds(3600))
        ) { _ in }
    }

    func reader(
        _ transport: BridgeTransport, instance: String = "reader", publishes: Bool = false,
        position: StreamPosition? = nil, delivered: [DeliveredEvents] = []
    ) async throws -> Reader {
        var redis = server.configuration
        redis.username = "reader"
        redis.password = "secret"
        return try await Reader(
            BridgeConfiguration(
                instance: instance, name: name, transport: transport, publishes: publishes, redis: redis,
                position: position, delivered: delivered, markInterval: .seconds(3600)))
    }

    /// Disconnects all readers, and keeps them out while the body runs.
    func away(_ reader: Reader, _ body: () async throws -> Void) async throws {
        let resubscriptions = reader.notices.filter(\.isResubscription).count
        _ = try await command("ACL", "SETUSER", "reader", "off")
        _ = try await command("CLIENT", "KILL", "USER", "reader")
        try await eventually("the reader notices") { reader.bridge.counts.disconnections > 0 }
        try await body()
        _ = try await command("ACL", "SETUSER", "reader", "on")
        try await eventually("the reader is back") {
            reader.notices.filter(\.isResubscription).count > resubscriptions
        }
    }
}

/// A subscriber and the events that it received.
struct Reader: Sendable {
    /// The received events. Callbacks append to them under a lock.
    final class Given: Sendable {
        let events = Lock<[BridgeEvent]>([])
        let notices = Lock<[BridgeNotice]>([])
    }

    let bridge: EventBridge
    private let given = Given()

    init(_ configuration: BridgeConfiguration) async throws {
        bridge = try await EventBridge.open(configuration) { [given] notice in
            given.notices.withLock { $0.append(notice) }
        } onEvents: { [given] events in
            given.events.withLock { $0 += events }
        }
    }

    var replacements: Int { notices.count(where: \.isReplacement) }
    var notices: [BridgeNotice] { given.notices.withLock { $0 } }
    /// The numbers of the received events, in the order of their arrival.
    var numbers: [UInt64] { given.events.withLock { $0.map(\.sequence) } }
    var times: [Int64] { given.events.withLock { $0.map(\.time) } }
    var payloads: [[UInt8]] { given.events.withLock { $0.map(\.payload) } }

    func eventuallyGiven(_ count: Int) async throws {
        try await eventually("\(count) events arrive") { numbers.count >= count }
    }
}

extension BridgeNotice {
    var isResubscription: Bool { if case .resubscribed = self { true } else { false } }
    var isReplacement: Bool { if case .replaced = self { true } else { false } }
    var missed: ClosedRange<UInt64>? { if case .missed(_, let range) = self { range } else { nil } }
    var trimmed: Int? { if case .trimmed(let entries) = self { entries } else { nil } }
}
