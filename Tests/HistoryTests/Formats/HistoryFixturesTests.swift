import Checking
import History
import Testing

@Suite("Recorded histories in files")
struct HistoryFixturesTests {
    @Test("The same history passes, or is refuted, in every format", arguments: ["jsonl", "txt", "edn"])
    func verdicts(suffix: String) throws {
        let coherent = try History(contentsOf: Fixture.path("coherent.\(suffix)"))
        let stale = try History(contentsOf: Fixture.path("stale-read.\(suffix)"))
        let check: any Check = suffix == "jsonl" ? LinearizableByVersions() : LinearizableByZones()
        #expect(check.examine(coherent).verdict == .pass)
        #expect(check.examine(stale).verdict == .violation)
        #expect(coherent.operations.count == 6)
        #expect(stale.operations.count == 4)
    }

    @Test("Register text and EDN say the same")
    func sameHistory() throws {
        let text = try History(contentsOf: Fixture.path("coherent.txt"))
        let edn = try History(contentsOf: Fixture.path("coherent.edn"))
        #expect(text == edn)
    }

    @Test("An example of each format is as it would be written", arguments: ["txt"])
    func canonical(suffix: String) throws {
        let history = try History(contentsOf: Fixture.path("coherent.\(suffix)"))
        let bytes = try written(.registerText) { writer throws(HistoryFileError) in try writer.write(history) }
        #expect(try bytes == Fixture.bytes("coherent.\(suffix)"))
    }
}
