import Gates
import Testing

/// A command as a client sends it.
func command(_ words: String...) -> [UInt8] {
    Array("*\(words.count)\r\n".utf8) + words.flatMap { Array("$\($0.utf8.count)\r\n\($0)\r\n".utf8) }
}

@Suite("A connection to Redis as messages")
struct RedisConversationTests {
    private var conversation = RedisConversation()

    private mutating func client(_ bytes: [UInt8]) throws -> [RedisRequest] {
        try conversation.receive(fromClient: bytes).compactMap { message in
            if case .command(let request, _) = message { request } else { nil }
        }
    }

    /// What a server says, in short.
    private mutating func server(_ text: String) throws -> [String] {
        try conversation.receive(fromServer: text.utf8).map { message in
            switch message {
            case .reply(let request, _, let isError):
                "\(request.number) \(request.verb)\(isError ? " error" : "")"
            case .push(let kind, let about, _): "push \(kind) \(about.joined(separator: ","))"
            case .command: "command"
            }
        }
    }

    @Test("Replies belong to commands in their order")
    mutating func order() throws {
        let requests = try client(command("get", "a") + command("SET", "b", "1") + Array("ping\r\n".utf8))
        #expect(requests.map(\.verb) == ["GET", "SET", "PING"])
        #expect(requests.map(\.keys) == [["a"], ["b"], []])
        #expect(requests.map(\.mayPass) == [false, false, true])
        #expect(conversation.unanswered == 3)
        #expect(try server("$-1\r\n+O") == ["0 GET"])
        #expect(try server("K\r\n-ERR\r\n") == ["1 SET", "2 PING error"])
        #expect(conversation.unanswered == 0)
        #expect(throws: RedisGateError.unasked("OK")) { try conversation.receive(fromServer: "+OK\r\n".utf8) }
    }

    @Test("A transaction is one message with one reply")
    mutating func transaction() throws {
        #expect(try client(command("WATCH", "a") + command("multi")).map(\.verb) == ["WATCH"])
        #expect(conversation.isTransactionOpen)
        #expect(try client(command("SET", "a", "1") + command("DEL", "b", "c")) == [])
        let requests = try client(command("EXEC") + command("GET", "a"))
        #expect(requests.map(\.verb) == ["MULTI", "GET"])
        #expect(requests[0].replies == 4 && !requests[0].mayPass && !requests[0].blocks)
        #expect(requests[0].label() == "MULTI SET a; DEL b")
        #expect(!conversation.isTransactionOpen)
        #expect(try server("+OK\r\n+OK\r\n+QUEUED\r\n+QUEUED\r\n") == ["0 WATCH"])
        #expect(try server("*2\r\n+OK\r\n:0\r\n$1\r\n1\r\n") == ["1 MULTI", "2 GET"])
    }

    @Test("A client that waits for QUEUED gets it, and only EXEC is held")
    mutating func waitingTransaction() throws {
        #expect(try client(command("MULTI")) == [])
        guard case .command(let begin, let raw)? = conversation.passTransaction() else {
            Issue.record("nothing passes")
            return
        }
        #expect(begin.mayPass && begin.replies == 1 && raw == command("MULTI"))
        #expect(conversation.passTransaction() == nil)
        let queued = try client(command("INCR", "a"))
        #expect(queued.map(\.mayPass) == [true])
        let requests = try client(command("EXEC"))
        #expect(requests.map(\.mayPass) == [false] && requests[0].replies == 1)
        #expect(requests[0].label() == "MULTI INCR a")
        #expect(try server("+OK\r\n+QUEUED\r\n*1\r\n:1\r\n") == ["0 MULTI", "1 MULTI", "2 MULTI"])
        #expect(try client(command("GET", "a")).map(\.verb) == ["GET"])
    }

    @Test("DISCARD, RESET and QUIT end a transaction", arguments: ["DISCARD", "RESET", "QUIT"])
    mutating func ends(verb: String) throws {
        let requests = try client(command("MULTI") + command("INCR", "a") + command(verb))
        #expect(requests.map(\.verb) == [verb] && requests[0].replies == 3)
        #expect(try server("+OK\r\n+QUEUED\r\n+OK\r\n") == ["0 \(verb)"])
    }

    @Test("Handshakes may pass; what others notice may not")
    mutating func handshakes() throws {
        for words in [
            ["HELLO", "3", "AUTH", "u", "p"], ["AUTH", "p"], ["SELECT", "1"], ["CLIENT", "SETNAME", "x"],
            ["CLIENT", "TRACKING", "ON"], ["INFO"], ["COMMAND", "DOCS"], ["READONLY"], ["SUBSCRIBE", "a"],
            ["PSUBSCRIBE", "a*"], ["SSUBSCRIBE", "a"], ["CLIENT", "REPLY", "ON"],
        ] { #expect(try client(words.asCommand).map(\.mayPass) == [true], "\(words)") }
        for words in [
            ["GET", "a"], ["CLIENT", "TRACKING", "OFF"], ["CLIENT", "KILL", "ID", "1"], ["CLIENT", "PAUSE", "1"],
            ["CLIENT", "UNBLOCK", "1"], ["UNSUBSCRIBE"], ["PUBLISH", "a", "b"], ["EVAL", "return 1", "0"],
        ] { #expect(try client(words.asCommand).map(\.mayPass) == [false], "\(words)") }
        #expect(try client(command("CLIENT", "ID")).map(\.mayPass) == [true])
    }

    @Test("A blocking command is known by its name or its option")
    mutating func blocking() throws {
        let blocking = [
            ["BLPOP", "a", "0"], ["brpop", "a", "0"], ["BLMOVE", "a", "b", "LEFT", "LEFT", "0"],
            ["BLMPOP", "0", "1", "a", "LEFT"], ["BZPOPMIN", "a", "0"], ["WAIT", "1", "0"],
            ["XREAD", "COUNT", "1", "BLOCK", "0", "STREAMS", "a", "$"],
            ["XREADGROUP", "GROUP", "g", "c", "block", "0", "STREAMS", "a", ">"],
        ]
        for words in blocking { #expect(try client(words.asCommand).map(\.blocks) == [true], "\(words)") }
        for words in [["XREAD", "STREAMS", "BLOCK", "0"], ["LPOP", "a"]] {
            #expect(try client(words.asCommand).map(\.blocks) == [false], "\(words)")
        }
        #expect(
            try client(command("MULTI") + command("BLPOP", "a", "0") + command("EXEC")).map(\.blocks) == [false])
    }

    @Test("Confirmations answer their command, for each channel, and messages are pushes", arguments: [2, 3])
    mutating func subscriptions(version: Int) throws {
        let begin = version == 2 ? "*" : ">"
        if version == 3 {
            _ = try client(command("HELLO", "3"))
            #expect(try server("%1\r\n+proto\r\n:3\r\n") == ["0 HELLO"])
        }
        #expect(conversation.protocolVersion == version)
        let subscribe = try client(command("SUBSCRIBE", "a", "b"))
        #expect(subscribe.map(\.replies) == [2])
        let number = subscribe[0].number
        #expect(try server("\(begin)3\r\n+subscribe\r\n+a\r\n:1\r\n") == [])
        #expect(try server("\(begin)3\r\n+subscribe\r\n+b\r\n:2\r\n") == ["\(number) SUBSCRIBE"])
        #expect(conversation.isSubscribed)
        _ = try client(command("PSUBSCRIBE", "a*"))
        #expect(
            try server("\(begin)3\r\n+message\r\n+a\r\n+hello\r\n\(begin)3\r\n+psubscribe\r\n+a*\r\n:3\r\n")
                == ["push message a", "\(number + 1) PSUBSCRIBE"])
        #expect(
            try server("\(begin)4\r\n+pmessage\r\n+a*\r\n+ab\r\n+x\r\n") == ["push pmessage a*,ab"])
        // From everything: as many confirmations as there are channels, without the patterns.
        _ = try client(command("UNSUBSCRIBE") + command("PING"))
        #expect(try server("\(begin)3\r\n+unsubscribe\r\n+b\r\n:2\r\n") == [])
        let pong = version == 2 ? "*2\r\n+pong\r\n+\r\n" : "+PONG\r\n"
        #expect(
            try server("\(begin)3\r\n+unsubscribe\r\n+a\r\n:1\r\n" + pong)
                == ["\(number + 2) UNSUBSCRIBE", "\(number + 3) PING"])
        _ = try client(command("PUNSUBSCRIBE"))
        _ = try server("\(begin)3\r\n+punsubscribe\r\n+a*\r\n:0\r\n")
        #expect(!conversation.isSubscribed)
        _ = try client(command("UNSUBSCRIBE"))
        #expect(try server("\(begin)3\r\n+unsubscribe\r\n_\r\n:0\r\n") == ["\(number + 5) UNSUBSCRIBE"])
        // Without subscriptions, and in protocol 3 always, such an array is a reply.
        _ = try client(command("LRANGE", "a", "0", "-1"))
        #expect(try server("*3\r\n+message\r\n+a\r\n+x\r\n") == ["\(number + 6) LRANGE"])
    }

    @Test("A subscription that is refused is answered by one error")
    mutating func refusedSubscription() throws {
        _ = try client(command("SUBSCRIBE", "a", "b") + command("GET", "a"))
        #expect(try server("-NOPERM no\r\n$-1\r\n") == ["0 SUBSCRIBE error", "1 GET"])
    }

    @Test("Pushes come between replies, and name their keys")
    mutating func pushes() throws {
        _ = try client(command("GET", "a"))
        #expect(
            try server(">2\r\n$10\r\ninvalidate\r\n*2\r\n$1\r\na\r\n$1\r\nb\r\n$1\r\n1\r\n")
                == ["push invalidate a,b", "0 GET"])
        #expect(try server(">2\r\n$10\r\ninvalidate\r\n_\r\n") == ["push invalidate "])
        let messages = try conversation.receive(fromServer: ">2\r\n+invalidate\r\n*1\r\n+n:a\r\n".utf8)
        #expect(messages.map { $0.label(without: ["n"]) } == ["invalidate a"])
    }

    @Test(
        "What cannot be gated is refused by its name",
        arguments: [
            (command("MONITOR"), "MONITOR"), (command("psync", "?", "-1"), "PSYNC"), (command("SYNC"), "SYNC"),
            (command("CLIENT", "REPLY", "OFF"), "CLIENT REPLY"), (command("CLIENT", "REPLY", "SKIP"), "CLIENT REPLY"),
            (command("MULTI") + command("SUBSCRIBE", "a"), "SUBSCRIBE in a transaction"),
            ([0x16, 3, 1, 0, 5], "TLS"),
        ])
    mutating func refused(bytes: [UInt8], words: String) throws {
        let error = try #require(throws: RedisGateError.self) { try client(bytes) }
        #expect(error.description.contains(words), "\(error)")
        #expect(throws: error) { try client(command("PING")) }
    }

    @Test("A redirection is refused", arguments: ["-MOVED 1 127.0.0.1:1\r\n", "-ASK 1 127.0.0.1:1\r\n"])
    mutating func redirected(text: String) throws {
        _ = try client(command("GET", "a"))
        let error = try #require(throws: RedisGateError.self) { try server(text) }
        #expect(error.description.contains("127.0.0.1:1"))
    }

    @Test("A transaction has a limit")
    mutating func limit() throws {
        conversation = RedisConversation(mostBytes: 1000)
        _ = try client(command("MULTI"))
        let value = String(repeating: "x", count: 500)
        _ = try client(command("SET", "a", value))
        #expect(throws: RedisGateError.tooMuch("bytes", limit: 1000)) { try client(command("SET", "b", value)) }
    }
}

extension [String] {
    var asCommand: [UInt8] {
        Array<UInt8>("*\(count)\r\n".utf8) + flatMap { Array<UInt8>("$\($0.utf8.count)\r\n\($0)\r\n".utf8) }
    }
}
