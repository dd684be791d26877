import Checking
import Foundation
import History
import Judging
import Scenarios
import Testing

@Suite("What a history is asked if nobody says")
struct HistoryPromiseTests {
    /// A history that promises each of them, with the checks of the table in Checks.md.
    static let rows: [(HistoryPromise, [String], [String])] = [
        (
            .acknowledged, ["linearizable", "fresh-after-invalidation"],
            [
                #"{"kind":"write","key":"a","version":1,"start":0,"end":1}"#,
                #"{"kind":"read","key":"a","version":1,"start":2,"end":3,"worker":0}"#,
                #"{"kind":"write","key":"a","version":2,"start":4,"end":5,"scope":"cluster"}"#,
                #"{"kind":"apply","start":5,"end":5,"cause":0,"instance":1}"#,
                #"{"kind":"fill","key":"a","version":2,"start":6,"end":6,"layer":"L2"}"#,
                #"{"kind":"read","key":"a","version":2,"start":7,"end":8,"worker":0}"#,
            ]
        ),
        (
            .partlyAcknowledged, ["fresh-after-invalidation"],
            [
                #"{"kind":"write","key":"a","version":1,"start":0,"end":1,"scope":"cluster"}"#,
                #"{"kind":"read","key":"a","version":1,"start":2,"end":3,"worker":0}"#,
                #"{"kind":"write","key":"a","version":2,"start":4,"end":5}"#,
                #"{"kind":"read","key":"a","version":1,"start":7,"end":8,"worker":0}"#,
            ]
        ),
        (
            .announced, ["sessions", "convergence", "fresh-after-invalidation"],
            [
                #"{"id":1,"kind":"write","key":"a","version":1,"start":0,"end":1,"scope":"instance","worker":0}"#,
                #"{"kind":"read","key":"a","version":1,"start":2,"end":3,"worker":0}"#,
                #"{"id":2,"kind":"write","key":"a","version":2,"start":4,"end":5,"scope":"instance","worker":0}"#,
                #"{"kind":"read","key":"a","version":1,"start":6,"end":7,"worker":1,"instance":1}"#,
                #"{"kind":"apply","start":7,"end":8,"cause":2,"instance":1}"#,
                #"{"kind":"read","key":"a","version":2,"start":9,"end":9,"worker":1,"instance":1}"#,
                #"{"kind":"inspect","key":"a","version":2,"start":10,"end":11,"layer":"L2","instance":1}"#,
            ]
        ),
        (
            .cacheAside, ["fresh-after-invalidation"],
            [
                #"{"kind":"write","key":"a","version":1,"start":0,"end":1}"#,
                #"{"kind":"fill","key":"a","version":1,"start":1,"end":2,"layer":"L2"}"#,
                #"{"kind":"read","key":"a","version":1,"start":3,"end":3,"worker":0,"layer":"L2"}"#,
                #"{"kind":"write","key":"a","version":2,"start":4,"end":5,"worker":1}"#,
                #"{"kind":"read","key":"a","version":1,"start":6,"end":7,"worker":0,"layer":"L2"}"#,
                #"{"kind":"invalidate","key":"a","start":8,"end":9,"worker":1,"scope":"cluster"}"#,
                #"{"kind":"read","key":"a","version":2,"start":10,"end":11,"worker":0}"#,
            ]
        ),
        (
            .singleCopy, ["linearizable"],
            [
                #"{"kind":"write","key":"a","version":1,"start":0,"end":1}"#,
                #"{"kind":"read","key":"a","version":1,"start":2,"end":3,"worker":0,"layer":"L2"}"#,
                #"{"kind":"evict","key":"a","start":4,"end":5,"layer":"L2"}"#,
                #"{"kind":"read","key":"a","version":1,"start":6,"end":7,"worker":0}"#,
            ]
        ),
    ]

    private func judged(_ lines: [String], stream: Bool = false) throws -> HistoryResult {
        let file = FileManager.default.temporaryDirectory.appending(path: "promise-\(UUID().uuidString).jsonl").path
        defer { try? FileManager.default.removeItem(atPath: file) }
        let header = #"{"format":"swift-cache-coherence history","version":1}"#
        try ([header] + lines).joined(separator: "\n").write(toFile: file, atomically: true, encoding: .utf8)
        var configuration = HistoryJudge.Configuration()
        configuration.isStreaming = stream
        return HistoryJudge(configuration).judge(file)
    }

    @Test(
        "Its promise is told from what was recorded, it keeps it, and the report says what was asked", arguments: rows)
    func promise(_ promise: HistoryPromise, checks: [String], lines: [String]) throws {
        let result = try judged(lines)
        #expect(result.choice == HistoryChoice(promise: promise, checks: checks))
        let told =
            result.checks.map(\.check) + result.notes.compactMap { $0.split(separator: " ").first.map(String.init) }
        #expect(Set(told) == Set(checks), "each is judged, or in a note")
        #expect(result.verdict == .pass, "\(result.checks)")
        #expect(result.choice?.description.contains("because") == true)
    }

    @Test("The table has a row for each promise, and no check twice in a row", arguments: HistoryPromise.allCases)
    func table(promise: HistoryPromise) {
        #expect(Self.rows.map(\.0).contains(promise))
        let words = promise.checks(staleness: .seconds(5)).map(\.word)
        #expect(Set(words).count == words.count)
        #expect(words.contains("staleness") == (promise == .announced))
    }

    @Test("While the history goes by the same is chosen; what takes the whole history is a note", arguments: rows)
    func streamed(_ promise: HistoryPromise, checks: [String], lines: [String]) throws {
        let result = try judged(lines, stream: true)
        #expect(result.choice?.promise == promise)
        #expect(result.verdict == .pass, "\(result.checks)")
        #expect(result.notes.contains { $0.hasPrefix("convergence") } == (promise == .announced))
    }

    @Test("A cache-aside that breaks its promise is accused")
    func broken() throws {
        var lines = Self.rows[3].2
        lines[6] = lines[6].replacing("\"version\":2", with: "\"version\":1")
        #expect(try judged(lines).verdict == .violation)
        #expect(try judged(lines, stream: true).verdict == .violation)
    }

    @Test("If nothing was met to examine, the verdict is unknown")
    func nothing() throws {
        let result = try judged(Array(Self.rows[3].2.prefix(2)))
        #expect(result.verdict == .unknown)
        #expect(result.checks.map(\.check) == ["fresh-after-invalidation"])
    }
}
