import Gates
import Testing

@Suite("Labels of messages")
struct MessageLabelTests {
    private func label(_ words: String..., without namespaces: [String] = []) throws -> String {
        var conversation = RedisConversation()
        return try conversation.receive(fromClient: words.asCommand).first?.label(without: namespaces) ?? ""
    }

    @Test("A label is the command and its key, and never a value")
    func keys() throws {
        #expect(try label("set", "users:1", "secret", "EX", "60") == "SET users:1")
        #expect(try label("MGET", "a", "b", "c") == "MGET a +2")
        #expect(try label("MSET", "a", "secret", "b", "secret") == "MSET a +1")
        let digest = "da39a3ee5e6b4b0d3255bfef95601890afd80709"
        #expect(try label("EVALSHA", digest, "2", "a", "b", "secret") == "EVALSHA a +1")
        #expect(try label("EVAL", "return 1", "0", "secret") == "EVAL")
        #expect(try label("AUTH", "secret") == "AUTH")
        #expect(try label("CLIENT", "setname", "secret") == "CLIENT SETNAME")
        #expect(try label("XREAD", "BLOCK", "0", "STREAMS", "s", "t", "0", "0") == "XREAD s +1")
        #expect(try label("BLPOP", "a", "b", "5") == "BLPOP a +1")
        #expect(try label("MY.COMMAND", "secret") == "MY.COMMAND")
        #expect(try label("XGROUP", "CREATE", "s", "g", "$") == "XGROUP CREATE s")
    }

    @Test("What differs between runs is taken out")
    func chance() throws {
        let uuid = "123e4567-e89b-12d3-a456-426614174000"
        #expect(try label("GET", "run7:users:1", without: ["run7"]) == "GET users:1")
        #expect(try label("GET", "x{run7}1", without: ["run7", ""]) == "GET x{}1")
        #expect(try label("GET", "lock:\(uuid):a") == "GET lock:UUID:a")
        #expect(try label("GET", "0\(uuid)") == "GET 0123e4567-e89b-12d3-a456-N")
        #expect(try label("GET", "t:0123456789abcdef0123") == "GET t:HEX")
        #expect(try label("GET", "t:1700000000123:a") == "GET t:N:a")
        #expect(try label("GET", "feed:12345:decade") == "GET feed:12345:decade")
    }

    @Test("A label is printable and has at most 40 characters")
    func bounds() throws {
        let long = try label("GET", String(repeating: "k", count: 300))
        #expect(long.count == 40 && long.hasSuffix("…"))
        #expect(try label("GET", "a\nb\u{1B}") == "GET a\\nb\\u{1B}")
        #expect(try label(String(repeating: "\u{1B}", count: 90)).count == 40)
    }
}
