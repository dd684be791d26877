import Foundation
import Testing

@testable import HTMLReport

@Suite("What goes into a page from outside is text and nothing else")
struct MarkupTests {
    @Test("What is interpolated is escaped, for elements and for attributes; what is literal is not")
    func escaping() {
        let text = "<b>\"a\" & 'b'</b>"
        let markup: Markup = #"<p title="\#(text)">\#(text)</p>"#
        let escaped = "&lt;b&gt;&quot;a&quot; &amp; &#39;b&#39;&lt;/b&gt;"
        #expect(markup.text == #"<p title="\#(escaped)">\#(escaped)</p>"#)
        let outer: Markup = "<div>\(markup)</div>"
        #expect(outer.text == "<div>\(markup.text)</div>")
        let several: Markup = "<ul>\(["<li>\(1)</li>", "<li>\(-2.25)</li>"] as [Markup])</ul>"
        #expect(several.text == "<ul><li>1</li>\n<li>-2.3</li></ul>")
    }

    @Test("What is not printable is written as an escape, and what is no UTF-8 has a sign in its place")
    func printable() {
        #expect(HTMLText.escaped("a\u{0}\u{1B}[2J\n\u{2028}\u{202E}") == #"a\u{0}\u{1B}[2J\n\u{2028}\u{202E}"#)
        #expect(HTMLText.escaped(String(decoding: [0x61, 0xFF] as [UInt8], as: UTF8.self)) == "a\u{FFFD}")
    }

    @Test("A long text is cut short, whatever it is made of")
    func bounded() {
        for text in ["a", "é", "<", "\u{0}"] {
            let escaped = HTMLText.escaped(String(repeating: text, count: 1_000_000))
            #expect(escaped.utf8.count < HTMLText.longest * 8)
            #expect(escaped.hasSuffix("…"))
        }
        #expect(HTMLText.cut("äöü", at: 3) == "äöü")
        #expect(HTMLText.cut("äöü", at: 2) == "äö…")
    }

    @Test("Embedded JSON cannot end its element, and says what was given")
    func json() throws {
        let outside = "</script><script>alert(1)</script><!-- & \u{2028}\u{2029} \"' \u{0}"
        let element = EmbeddedJSON.element([outside], id: "a").text
        let start = try #require(element.firstIndex(of: ">"))
        let end = try #require(element.range(of: "</script>", options: .backwards))
        let json = String(element[element.index(after: start)..<end.lowerBound])
        #expect(!json.contains("<") && !json.contains(">") && !json.contains("&"))
        #expect(!json.unicodeScalars.contains("\u{2028}") && !json.unicodeScalars.contains("\u{2029}"))
        #expect(try JSONDecoder().decode([String].self, from: Data(json.utf8)) == [outside])
    }

    @Test("A page that is full takes no more, and says what is missing")
    func budget() {
        let budget = PageBudget(bytes: 500_000)
        let piece = Markup(stringLiteral: String(repeating: "x", count: 60_000))
        #expect(budget.take("the first", share: 0.5) { piece }.text.contains("Left out, because"))
        #expect(budget.take("the first") { piece } == piece)
        #expect(budget.take("the second") { piece }.text.contains("the second"))
        #expect(budget.take("the third") { "<p>small</p>" } == "<p>small</p>")
        var size = 0
        for _ in 0..<10_000 { size += budget.take("another") { piece }.size }
        #expect(size < 400_000)
    }

    @Test("Times have three digits and their unit")
    func times() {
        #expect(Shown.time(0) == "0 ns")
        #expect(Shown.time(999) == "999 ns")
        #expect(Shown.time(1_350_000) == "1.35 ms")
        #expect(Shown.time(12_345_000_000) == "12.3 s")
        #expect(Shown.moment(-1_500) == "−1.5 µs")
        #expect(Shown.moment(0) == "0 ns")
        #expect([0.004, 0.05, 1.2, 99.994, 123.4].map(Shown.seconds) == ["0.00", "0.05", "1.20", "99.99", "123"])
        #expect(Shown.share(1, of: 3) == "33.3 %")
        #expect(Shown.share(1, of: 0) == "–")
    }
}
