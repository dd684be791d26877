import Gates
import Testing

@Suite("Values of the Redis protocol in any portions")
struct RESPSplitterTests {
    /// All values of a text that comes in portions of one size.
    private func split(
        _ text: String, _ side: RESPSplitter.Side = .server, portion: Int, mostBytes: Int = 1 << 20
    ) throws -> [RESPFrame] {
        var splitter = RESPSplitter(side, mostBytes: mostBytes)
        var frames: [RESPFrame] = []
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: portion) {
            splitter.feed(bytes[start..<min(start + portion, bytes.count)])
            while let frame = try splitter.next() { frames.append(frame) }
        }
        #expect(!splitter.isPartial)
        return frames
    }

    private static func text(_ text: String) -> RESPFrame.Element { .text(Array(text.utf8), count: text.utf8.count) }

    static let values: [(String, RESPFrame.Kind, [RESPFrame.Element], Int)] = [
        ("+OK\r\n", .simple, [text("OK")], 1),
        ("-ERR no\r\n", .error, [text("ERR no")], 1),
        (":-12\r\n", .number, [.number(-12)], 1),
        ("$5\r\na\r\nbc\r\n", .bulk, [text("a\r\nbc")], 1),
        ("$0\r\n\r\n", .bulk, [text("")], 1),
        ("$-1\r\n", .null, [.null], 1),
        ("*-1\r\n", .null, [.null], 1),
        ("_\r\n", .null, [.null], 1),
        ("#t\r\n", .boolean, [text("t")], 1),
        (",3.25\r\n", .double, [text("3.25")], 1),
        (",inf\r\n", .double, [text("inf")], 1),
        ("(3492890328409238509324850943850943825024385\r\n", .bigNumber,
            [text("3492890328409238509324850943850943825024385")], 1),
        ("!5\r\nERR x\r\n", .bulkError, [text("ERR x")], 1),
        ("=7\r\ntxt:abc\r\n", .verbatim, [text("txt:abc")], 1),
        ("*0\r\n", .array, [], 0),
        ("*3\r\n:1\r\n*2\r\n+a\r\n%1\r\n+k\r\n_\r\n$1\r\nx\r\n", .array,
            [.number(1), .aggregate(.array, count: 2), text("x")], 3),
        ("%1\r\n+k\r\n:1\r\n", .map, [text("k"), .number(1)], 2),
        ("~2\r\n:1\r\n:2\r\n", .set, [.number(1), .number(2)], 2),
        (">2\r\n+invalidate\r\n*1\r\n$1\r\nk\r\n", .push,
            [text("invalidate"), .aggregate(.array, count: 1)], 2),
        ("|1\r\n+ttl\r\n*1\r\n:5\r\n*1\r\n|1\r\n+a\r\n+b\r\n+c\r\n", .array, [text("c")], 1),
        ("|0\r\n:7\r\n", .number, [.number(7)], 1),
    ]

    @Test("Every type is one value, in whatever portions it comes", arguments: 1...7)
    func types(portion: Int) throws {
        let frames = try split(Self.values.map(\.0).joined(), portion: portion)
        #expect(frames.count == Self.values.count)
        for (frame, (raw, kind, elements, count)) in zip(frames, Self.values) {
            #expect(frame == RESPFrame(kind: kind, raw: Array(raw.utf8), elements: elements, count: count))
        }
    }

    @Test("Commands are arrays of texts, or lines of words", arguments: 1...5)
    func commands(portion: Int) throws {
        let text = "*2\r\n$3\r\nGET\r\n$1\r\nk\r\nPING\r\n\r\n set  a\tb\n*0\r\n*-1\r\n"
        let frames = try split(text, .client, portion: portion)
        #expect(frames.map(\.count) == [2, 1, 0, 3, 0, 0])
        #expect(frames.map(\.kind) == [.array, .inline, .inline, .inline, .array, .array])
        #expect(frames[3].elements == ["set", "a", "b"].map(Self.text))
    }

    @Test(
        "What is no protocol, or too much, is an error that says so",
        arguments: [
            ("$?\r\n", "Streamed"), ("*?\r\n", "Streamed"), (";4\r\n", "Streamed"), (".\r\n", "Streamed"),
            ("%?\r\n", "Streamed"), ("$9223372036854775807\r\n", "bytes"), ("$99999999999999999999\r\n", "no number"),
            ("*9223372036854775807\r\n", "bytes"), ("%4611686018427387904\r\n", "bytes"), ("$-2\r\n", "negative"),
            ("*-2\r\n", "negative"), ("!-1\r\n", "negative"), ("%-1\r\n", "negative"), ("$1x\r\n", "no number"),
            ("$\r\n", "no number"), ("$3\r\nabcd\r\n", "does not end"), ("?\r\n", "begins with ?"),
            ("\u{16}\r\n", "byte 22"), ("+a\nb", "carriage return"), ("+a\rb", "line feed"), ("#x\r\n", "boolean"),
            ("_x\r\n", "null"), ("*1\r\n>1\r\n+a\r\n", "push"), (":1.5\r\n", "no number"),
            ("$2000000\r\n", "bytes"),
        ])
    func hostile(text: String, words: String) throws {
        for portion in [1, 1 << 20] {
            let error = try #require(throws: RedisGateError.self) { try split(text, portion: portion) }
            #expect(error.description.contains(words), "\(error)")
        }
    }

    @Test(
        "A client that speaks something else is told so",
        arguments: [
            ("\u{16}\u{3}\u{1}\u{2}", RedisGateError.tls),
            ("*1\r\n:1\r\n", .malformed("a part of a command begins with : instead of $")),
            ("*1\r\n$-1\r\n", .malformed("a length is negative")),
            ("*1\r\n*1\r\n", .malformed("a part of a command begins with * instead of $")),
        ])
    func clients(text: String, error: RedisGateError) {
        #expect(throws: error) { try split(text, .client, portion: 70_000) }
    }

    @Test("There are limits on lines, levels and bytes")
    func limits() {
        let long = String(repeating: "x", count: 70_000)
        let tooLong = RedisGateError.tooMuch("bytes in a line", limit: 65536)
        #expect(throws: tooLong) { try split(long, .client, portion: 70_000) }
        #expect(throws: tooLong) { try split("+" + long, portion: 70_000) }
        for header in ["*1\r\n", "|1\r\n"] {
            let deep = String(repeating: header, count: 33)
            #expect(throws: RedisGateError.tooMuch("levels", limit: 32)) { try split(deep, portion: 7) }
        }
        let many = "*300000\r\n" + String(repeating: ":1\r\n", count: 300_000)
        #expect(throws: RedisGateError.tooMuch("bytes", limit: 1 << 20)) { try split(many, portion: 1 << 16) }
    }

    @Test("After an error there is nothing more")
    func afterError() throws {
        var splitter = RESPSplitter(.server)
        splitter.feed("?\r\n".utf8)
        #expect(throws: RedisGateError.malformed("a value begins with ?")) { try splitter.next() }
        splitter.feed("+OK\r\n".utf8)
        #expect(throws: RedisGateError.malformed("a value begins with ?")) { try splitter.next() }
    }

    @Test("A long text is described by its beginning, a long array by its first parts")
    func bounds() throws {
        let long = String(repeating: "x", count: 300)
        let frames = try split("$300\r\n\(long)\r\n*70\r\n" + String(repeating: ":1\r\n", count: 70), portion: 64)
        #expect(frames[0].elements == [.text(Array(long.utf8.prefix(256)), count: 300)])
        #expect(frames[0].elements[0].whole == nil)
        #expect(frames[1].elements.count == 64 && frames[1].count == 70)
    }

    @Test("Any bytes give values that are what came, or an error")
    func noise() throws {
        var random = SystemRandomNumberGenerator()
        let letters = Array("*$+-:%~>|=!#_,(\r\n\r\n\r\n0123456789-ax".utf8)
        for _ in 0..<3000 {
            let bytes = (0..<Int.random(in: 1...60, using: &random)).map { _ in
                letters.randomElement(using: &random) ?? 0
            }
            for side in [RESPSplitter.Side.client, .server] {
                var splitter = RESPSplitter(side, mostBytes: 10_000)
                var raw: [UInt8] = []
                var isWrong = false
                for byte in bytes where !isWrong {
                    splitter.feed([byte])
                    do { while let frame = try splitter.next() { raw += frame.raw } } catch { isWrong = true }
                }
                #expect(bytes.starts(with: raw))
            }
        }
    }
}
