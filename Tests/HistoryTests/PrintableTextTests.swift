import Testing

@testable import History

@Suite("Text from outside is made printable")
struct PrintableTextTests {
    @Test(
        "What a terminal would obey or hide is written out",
        arguments: [
            ("a\nverdict: pass", "a\\nverdict: pass"), ("a\r\nb", "a\\r\\nb"), ("a\tb", "a\\tb"),
            ("\u{1B}[2Jgone", "\\u{1B}[2Jgone"), ("\u{7}", "\\u{7}"), ("\u{0}", "\\u{0}"), ("\u{7F}", "\\u{7F}"),
            ("\u{9B}31m", "\\u{9B}31m"), ("\u{85}", "\\u{85}"), ("\u{2028}", "\\u{2028}"), ("\u{2029}", "\\u{2029}"),
            ("ab\u{202E}dc", "ab\\u{202E}dc"), ("\u{2066}\u{2069}", "\\u{2066}\\u{2069}"), ("\u{200B}", "\\u{200B}"),
            ("\u{FEFF}x", "\\u{FEFF}x"), ("\u{AD}", "\\u{AD}"), ("\u{3164}", "\\u{3164}"), ("\u{E0041}", "\\u{E0041}"),
        ])
    func escaped(_ text: String, _ expected: String) {
        #expect(text.printable == expected)
        #expect(text.printable.printable == expected)
        #expect(!text.isPrintable)
    }

    @Test(
        "Anything else stays as it is",
        arguments: ["", "user:7", "größer", "日本語", "a\\nb", "❤️", "naïve e\u{301}", "'\"$"])
    func unchanged(_ text: String) {
        #expect(text.printable == text)
        #expect(text.printableLines == text)
        #expect(text.isPrintable)
    }

    @Test("No control character and no mark of direction is left, whichever it is")
    func none() {
        for value: UInt32 in Array(0..<0x20) + Array(0x7F...0x9F) + Array(0x202A...0x202E) + Array(0x2066...0x2069) + [
            0x61C, 0x200E, 0x200F,
        ] {
            let text = String(Character(Unicode.Scalar(value)!))
            #expect(text.printable.unicodeScalars.allSatisfy { (0x20..<0x7F).contains($0.value) }, "\(value)")
        }
    }

    @Test("Lines of our own stay lines, and nothing else does")
    func lines() {
        #expect("a\nb\r\u{1B}[0m".printableLines == "a\nb\\r\\u{1B}[0m")
    }
}
