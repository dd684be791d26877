import History
import Testing

@Suite("Words of EDN")
struct EDNWordTests {
    @Test(
        "A string is a word without a colon, and with nothing behind it",
        arguments: [
            ("\"write\"", true), ("write", true), (":write", true), ("\":write\"", false), ("\"write\u{0}\"", false),
            ("\"writes\"", false),
        ])
    func strings(word: String, isKnown: Bool) {
        let reading = Reading(bytes: "{:type :invoke, :f \(word), :value 1, :process 0}".utf8, format: .edn)
        #expect(reading.errors.isEmpty == isKnown)
    }

    @Test("A line of a log may end after its level")
    func level() {
        let reading = Reading(bytes: "INFO\nWARN \nINFO  jepsen.core\n".utf8, format: .jepsenLog)
        #expect(reading.errors == [])
        #expect(reading.counts.operations == 0)
    }
}
