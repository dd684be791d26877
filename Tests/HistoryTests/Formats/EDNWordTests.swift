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

    @Test(
        "Forms that are discarded in each other have a limit, however many there are", arguments: [10, 300, 100_000],
        [HistoryFormat.edn, .jepsenLog])
    func discarded(count: Int, format: HistoryFormat) {
        let discards = String(repeating: "#_ ", count: count) + String(repeating: "1 ", count: count)
        let text =
            format == .edn
            ? "{:type :invoke, :f :read, :value nil, :process 0, :x [\(discards)]}"
            : "INFO  jepsen.util - 0 :invoke :read \(discards)nil"
        let reading = Reading(bytes: text.utf8, format: format)
        #expect(reading.errors.isEmpty == (count == 10), "\(reading.errors)")
    }
}
