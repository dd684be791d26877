import Foundation
import RedisClient
import TestSupport
import Testing

@Suite("Servers with invalid replies", .timeLimit(.minutes(10)))
struct HostileServerTests {
    /// The limit of the tests, far above the system's buffers between two processes.
    static let limits = RedisReplyLimits(size: 1 << 20, elements: 10_000, depth: 3)
    static let mostSent = 16 << 20
    static let filler = String(repeating: "a", count: 65_536)

    static func configuration(_ server: HostileServer) -> RedisConfiguration {
        RedisConfiguration(
            endpoint: .unixSocket(path: server.path), connectTimeout: .seconds(120), commandTimeout: .seconds(120),
            heartbeatInterval: nil, replyLimits: limits)
    }

    static func withServer(
        _ answer: HostileServer.Answer, isPolite: Bool = true, _ body: (HostileServer) async throws -> Void
    ) async throws {
        let server = try HostileServer(answer, isPolite: isPolite)
        defer { server.stop() }
        try await body(server)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let answer: HostileServer.Answer
        let code: RedisError.Code
        /// A part of the error's text.
        var reason = ""

        var testDescription: String { "\(answer): \(code)" }
    }

    static let cases: [Case] = [
        Case(answer: .endless("$536870912\r\n", then: filler), code: .replyTooLarge, reason: "larger than 1048576"),
        Case(answer: .endless("+", then: filler), code: .replyTooLarge, reason: "a line of more than"),
        Case(answer: .endless("-", then: filler), code: .replyTooLarge, reason: "a line of more than"),
        Case(answer: .endless(":", then: "1"), code: .replyTooLarge, reason: "a line of more than"),
        Case(answer: .endless("$", then: "1"), code: .replyTooLarge, reason: "a line of more than"),
        Case(answer: .endless("*2000000000\r\n", then: ":1\r\n"), code: .replyTooLarge, reason: "2000000000 elements"),
        Case(answer: .endless("*10000\r\n", then: "$1000\r\n\(filler.prefix(1000))\r\n"), code: .replyTooLarge),
        Case(answer: .endless("*10000\r\n", then: "*3\r\n:1\r\n:1\r\n:1\r\n"), code: .replyTooLarge),
        Case(answer: .endless("", then: "*1\r\n"), code: .replyTooLarge, reason: "deeper than 3"),
        Case(answer: .endless("", then: "*-5\r\n"), code: .protocolError),
        Case(answer: .bytes("$-5\r\n"), code: .protocolError),
        Case(answer: .bytes("*99999999999999999999\r\n"), code: .protocolError),
        Case(answer: .bytes("$99999999999999999999\r\n"), code: .protocolError),
        Case(answer: .bytes("HTTP/1.1 400 Bad Request\r\n\r\n"), code: .protocolError),
        Case(answer: .bytes(",3.14\r\n"), code: .protocolError),
        Case(answer: .bytes("*2\r\n,3.14\r\n#t\r\n"), code: .protocolError),
        Case(answer: .endless("", then: "+OK\r\n"), code: .protocolError),
        Case(answer: .drop, code: .connectionLost),
    ]

    @Test("An invalid or too large reply ends the connection with the reason", arguments: cases)
    func unusableAnswer(_ expected: Case) async throws {
        try await Self.withServer(expected.answer) { server in
            let connection = try await RedisConnection.connect(Self.configuration(server))
            // The first of the endless replies answers the command.
            let error = try await redisError {
                while true { _ = try await connection.send(RedisCommand("GET", "key")) }
            }
            #expect(error.code == expected.code, "\(error)")
            #expect(expected.reason.isEmpty || error.description.contains(expected.reason), "\(error)")
            #expect(!connection.isOpen)
            #expect(server.sent < Self.mostSent, "the client read on")
        }
    }

    @Test(
        "Silence and incomplete replies end with the command's time limit",
        arguments: [
            HostileServer.Answer.silence, .bytes("$10\r\nabc"), .bytes("*3\r\n:1\r\n"), .bytes("+OK"), .bytes("*1\r\n"),
        ])
    func cut(_ answer: HostileServer.Answer) async throws {
        try await Self.withServer(answer) { server in
            let connection = try await RedisConnection.connect(Self.configuration(server))
            let error = try await redisError {
                _ = try await connection.send(RedisCommand("GET", "key"), timeLimit: .milliseconds(100))
            }
            #expect(error.code == .commandTimedOut, "\(error)")
            await connection.close()
        }
    }

    @Test(
        "Every type of reply is a value, however unusual",
        arguments: [
            ("$-1\r\n", RedisValue.null), ("*-1\r\n", .null), ("*0\r\n", .array([])), ("$0\r\n\r\n", .bulk([])),
            (":-9223372036854775808\r\n", .integer(.min)), (":9223372036854775807\r\n", .integer(.max)),
            ("+\r\n", .status("")),
            ("*2\r\n*1\r\n*1\r\n:1\r\n$-1\r\n", .array([.array([.array([.integer(1)])]), .null])),
            ("*1\r\n-ERR odd\r\n", .array([.error("ERR odd")])),
        ])
    func oddValues(_ reply: String, _ value: RedisValue) async throws {
        try await Self.withServer(.bytes(reply)) { server in
            let connection = try await RedisConnection.connect(Self.configuration(server))
            #expect(try await connection.send(RedisCommand("GET", "key")) == value)
            await connection.close()
        }
    }

    @Test("A reply of exactly the allowed size is accepted, and each reply counts by itself")
    func largestReply() async throws {
        let size = Self.limits.size - RedisReplyLimits.elementSize
        let text = String(repeating: "b", count: size)
        try await Self.withServer(.bytes("$\(size)\r\n\(text)\r\n")) { server in
            let connection = try await RedisConnection.connect(Self.configuration(server))
            for _ in 0..<3 {
                #expect(try await connection.send(RedisCommand("GET", "key")).bytes?.count == size)
            }
            await connection.close()
        }
    }

    @Test(
        "During the handshake the limits are small, and the reply must be PONG",
        arguments: [
            (HostileServer.Answer.endless("$536870912\r\n", then: filler), RedisError.Code.replyTooLarge),
            (.endless("*1000\r\n", then: "$100\r\n\(filler.prefix(100))\r\n"), .replyTooLarge),
            (.bytes("$-1\r\n"), .protocolError), (.bytes("+OK\r\n"), .protocolError),
            (.bytes("HTTP/1.1 400 Bad Request\r\n\r\n"), .protocolError), (.drop, .connectFailed),
        ])
    func handshake(_ answer: HostileServer.Answer, _ code: RedisError.Code) async throws {
        try await Self.withServer(answer, isPolite: false) { server in
            let error = try await redisError { _ = try await RedisConnection.connect(Self.configuration(server)) }
            #expect(error.code == code, "\(error)")
            #expect(!error.outcomeUnknown)
            #expect(server.sent < Self.mostSent, "the client read on")
        }
    }

    @Test(
        "A message that is too large ends a subscriber's connection",
        arguments: [
            HostileServer.Answer.endless("*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$536870912\r\n", then: filler),
            .endless("*2000000000\r\n", then: ":1\r\n"),
            .endless("*3\r\n$7\r\nmessage\r\n$1\r\na\r\n*10000\r\n", then: "$1000\r\n\(filler.prefix(1000))\r\n"),
        ])
    func subscriber(_ answer: HostileServer.Answer) async throws {
        try await Self.withServer(answer) { server in
            let errors = Collected<RedisError>()
            let subscriber = RedisSubscriber(Self.configuration(server)) { state in
                if case .disconnected(let error) = state { errors.append(error) }
            } onMessages: { _ in
            }
            let subscribing = Task { try await subscriber.subscribe(["a"]) }
            try await eventually("it is disconnected") { errors.count > 0 }
            #expect(errors.all.first?.code == .replyTooLarge, "\(errors.all)")
            await subscriber.close()
            _ = await subscribing.result
        }
    }
}
