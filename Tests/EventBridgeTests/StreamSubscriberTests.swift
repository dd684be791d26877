import EventBridge
import Processes
import RedisClient
import Support
import TestSupport
import Testing

@Suite("A stream that a script adds to")
struct StreamSubscriberTests {
    /// The notices and entries of a subscriber, in order.
    private final class Told: Sendable {
        private let words = Lock<[String]>([])
        var all: [String] { words.withLock { $0 } }

        func append(_ word: String) { words.withLock { $0.append(word) } }

        func append(_ notice: StreamNotice) {
            switch notice {
            case .disconnected: append("disconnected")
            case .resubscribed: append("resubscribed")
            case .replaced: append("replaced")
            case .trimmed(let entries): append("trimmed \(entries)")
            }
        }
    }

    private func subscribe(_ rig: BridgeRig, _ told: Told, from position: StreamPosition? = nil) async throws
        -> StreamSubscriber
    {
        var redis = rig.server.configuration
        redis.username = "reader"
        redis.password = "secret"
        return try await StreamSubscriber.open(
            rig.name, from: position, redis: redis, onNotice: { told.append($0) },
            onEntries: { for entry in $0 { told.append(String(decoding: entry, as: UTF8.self)) } })
    }

    private func add(_ rig: BridgeRig, _ values: String...) async throws {
        for value in values {
            _ = try await rig.command("EVAL", "redis.call('XADD', KEYS[1], '*', 'e', ARGV[1])", "1", rig.name, value)
        }
    }

    private func cutOff(_ rig: BridgeRig, _ told: Told, _ body: () async throws -> Void) async throws {
        _ = try await rig.command("ACL", "SETUSER", "reader", "off")
        _ = try await rig.command("CLIENT", "KILL", "USER", "reader")
        try await eventually("the loss is told") { told.all.last == "disconnected" }
        try await body()
        _ = try await rig.command("ACL", "SETUSER", "reader", "on")
    }

    @Test("Entries added while a subscriber is away arrive after its return, and none arrives twice")
    func away() async throws {
        try await BridgeRig.with { rig in
            let told = Told()
            try await add(rig, "before")
            let subscriber = try await subscribe(rig, told)
            try await add(rig, "a", "b")
            try await eventually("both arrive") { told.all.count == 2 }
            try await cutOff(rig, told) { try await add(rig, "c", "d") }
            try await eventually("all arrive") { told.all.last == "d" }
            #expect(told.all == ["a", "b", "disconnected", "resubscribed", "c", "d"])
            #expect(subscriber.position.entriesAdded == 5)
            await subscriber.close()
            try await add(rig, "e")
            #expect(told.all.count == 6)
        }
    }

    @Test("The losses are reported before the return")
    func lost() async throws {
        try await BridgeRig.with { rig in
            let told = Told()
            let subscriber = try await subscribe(rig, told)
            try await add(rig, "a")
            try await eventually("it arrives") { told.all == ["a"] }
            try await cutOff(rig, told) {
                try await add(rig, "b", "c", "d")
                _ = try await rig.command("XTRIM", rig.name, "MAXLEN", "=", "1")
            }
            try await eventually("what is left arrives") { told.all.last == "d" }
            try await cutOff(rig, told) {
                _ = try await rig.command("DEL", rig.name)
                try await add(rig, "e")
            }
            try await eventually("the new stream arrives") { told.all.last == "e" }
            #expect(
                told.all == [
                    "a", "disconnected", "trimmed 2", "resubscribed", "d", "disconnected", "replaced", "resubscribed",
                    "e",
                ])
            await subscriber.close()
        }
    }
}
