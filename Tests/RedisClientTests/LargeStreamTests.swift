import RedisClient
import TestSupport
import Testing

@Suite("A stream with large entries", .timeLimit(.minutes(10)))
struct LargeStreamTests {
    /// 1,000 entries exceed the limit, and so do 500, 250, 125, 62, 31, 15 and 7 of them. 3 entries do not.
    private static let refusedPortions = 8

    @Test("After a reply that is too large the subscriber requests half as many entries, and loses none")
    func halving() async throws {
        try await withServer { server in
            let connection = try await RedisConnection.connect(server.configuration)
            let values = (0..<1000).map { String(repeating: "x", count: 10_000) + String($0) }
            for value in values { _ = try await connection.send(RedisCommand("XADD", "stream", "*", "e", value)) }
            var configuration = server.configuration
            configuration.replyLimits = RedisReplyLimits(size: 64 << 10)
            let received = Collected<String>()
            let losses = Collected<RedisError.Code>()
            let subscriber = try await StreamSubscriber.open("stream", from: .start, redis: configuration) { notice in
                switch notice {
                case .disconnected(let error): losses.append(error.code)
                case .resubscribed: break
                case .trimmed, .replaced: Issue.record("no entry was removed: \(notice)")
                }
            } onEntries: { entries in
                received.append(contentsOf: entries.map { String(decoding: $0, as: UTF8.self) })
            }
            try await eventually("all entries arrive, or the portion stays too large") {
                received.count >= values.count || losses.count > Self.refusedPortions
            }
            #expect(received.all == values)
            #expect(losses.all == Array(repeating: .replyTooLarge, count: Self.refusedPortions))
            await subscriber.close()
            await connection.close()
        }
    }
}
