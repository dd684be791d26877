import Support
import Testing

@Suite("Names as keys of dictionaries")
struct NameKeyTests {
    static let equal: [(String, String)] = [
        ("", ""), ("plans:7", "plans:" + String(7)), ("permissions:10", "permissions:1" + "0"),
        (
            "a name that is longer than what fits into a string itself",
            "a name that is longer than what fits into "
                + "a string itself"
        ),
        ("caf\u{E9}", "caf" + "\u{E9}"),
    ]

    /// Equal as strings, though their bytes differ; the last two pairs have as many.
    static let lookAlikes: [(String, String)] = [
        ("caf\u{E9}", "cafe\u{301}"), ("\u{E9} and then some more text", "e\u{301} and then some more text"),
        ("\u{212B}", "A\u{30A}"), ("s\u{323}\u{307} in a longer name", "s\u{307}\u{323} in a longer name"),
    ]

    @Test("Names that only look alike are different keys", arguments: lookAlikes)
    func lookAlike(left: String, right: String) {
        #expect(left == right)
        #expect(NameKey(left) != NameKey(right))
    }

    @Test("Equal names are equal keys with equal hashes", arguments: equal)
    func equality(left: String, right: String) {
        #expect(NameKey(left) == NameKey(right))
        #expect(NameKey(left)._rawHashValue(seed: 3) == NameKey(right)._rawHashValue(seed: 3))
        #expect(NameKey(left).hashValue == NameKey(right).hashValue)
    }

    @Test("Whatever byte two names differ in, they are different keys with different hashes", arguments: 1...40)
    func difference(length: Int) {
        let bytes = [UInt8](repeating: UInt8(ascii: "a"), count: length)
        let name = NameKey(String(decoding: bytes, as: UTF8.self))
        for place in bytes.indices {
            var others = bytes
            others[place] = UInt8(ascii: "b")
            let other = NameKey(String(decoding: others, as: UTF8.self))
            #expect(name != other)
            #expect(name._rawHashValue(seed: 0) != other._rawHashValue(seed: 0), "byte \(place)")
        }
        let longer = NameKey(name.text + "\0")
        #expect(name._rawHashValue(seed: 0) != longer._rawHashValue(seed: 0))
    }

    @Test("Hardly any of a hundred thousand names share the bits that a table looks at")
    func spread() {
        let count = 100_000
        let buckets = Set((0..<count).map { NameKey("permissions:user:\($0)")._rawHashValue(seed: 0) & 0xFFFF_FFFF })
        #expect(buckets.count > count - 20)
    }
}
