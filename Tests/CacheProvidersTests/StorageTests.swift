import CacheHierarchy
import Testing

@testable import CacheProviders

@Suite("The log of changes", .timeLimit(.minutes(5)))
struct StorageTests {
    private static func withLog(length: Int64 = 100, _ body: (SQLiteOrigin, ChangeLog) async throws -> Void)
        async throws
    {
        try await Rig.with { rig in
            let origin = try SQLiteOrigin(path: rig.storage)
            try await body(origin, try ChangeLog(path: rig.storage, length: length))
        }
    }

    @Test(
        "Every commit and every announcement has its row in order without gaps, and a file keeps its identity"
    )
    func rows() async throws {
        try await Rig.with { rig in
            let origin = try SQLiteOrigin(path: rig.storage)
            let log = try ChangeLog(path: rig.storage)
            #expect(try await log.time() == 0)
            _ = try await origin.commit("a", value: [1], tags: [])
            _ = try await origin.commit("a", value: [2], tags: [])
            _ = try await origin.commit("b", value: nil, tags: [])
            #expect(try await log.add([.key("a"), .tag("t")], sender: "me") == 5)
            let again = try ChangeLog(path: rig.storage)
            #expect(again.identity == log.identity && !log.identity.isEmpty)
            let changes = try await again.changes(after: 0, limit: 10)
            #expect(changes.map(\.time) == [1, 2, 3, 4, 5])
            #expect(changes.map(\.name) == [.key("a"), .key("a"), .key("b"), .key("a"), .tag("t")])
            #expect(changes.map(\.sender) == ["", "", "", "", "me"])
            #expect(try await again.changes(after: 3, limit: 1).map(\.time) == [4])
        }
    }

    @Test("An entry stays current until its key or one of its tags changes")
    func confirming() async throws {
        try await Self.withLog { origin, log in
            _ = try await origin.commit("a", value: [1], tags: [])
            _ = try await log.add([.tag("t")], sender: "")
            func isCurrent(_ names: [ChangeLog.Name], since time: Int64) async throws -> Bool {
                try await log.confirm(names, since: time).isCurrent
            }
            #expect(try await !isCurrent([.key("a")], since: 0))
            #expect(try await isCurrent([.key("a")], since: 1))
            #expect(try await !isCurrent([.key("a"), .tag("t")], since: 1))
            #expect(try await isCurrent([.key("a"), .tag("t")], since: 2))
            // A tag is not a key of the same name.
            #expect(try await isCurrent([.tag("a"), .key("t")], since: 0))
            // A later time: the file was replaced by an older copy.
            #expect(try await !isCurrent([.key("a")], since: 3))
            #expect(try await log.confirm([], since: 2).time == 2)
        }
    }

    @Test("A time before the first row of the log does not count as current")
    func trimming() async throws {
        try await Self.withLog(length: 10) { _, log in
            for number in 1...50 { _ = try await log.add([.key("k\(number)")], sender: "") }
            #expect(try await log.changes(after: 0, limit: 100).map(\.time) == Array(41...50))
            #expect(try await log.confirm([.key("other")], since: 40).isCurrent)
            #expect(try await !log.confirm([.key("other")], since: 39).isCurrent)
        }
    }

    @Test(
        "An entry is read from Redis as it was written",
        arguments: [
            CacheEntry(
                key: "k", version: 7, value: Array("a value\nof two lines".utf8), tags: ["x", "é y"], asOf: 12,
                deadline: 0),
            CacheEntry(key: "k", version: 1, value: [], tags: [], asOf: 0, deadline: 0),
            CacheEntry(key: "k", version: 3, value: nil, tags: [""], asOf: Int64.max, deadline: 0),
        ])
    func record(entry: CacheEntry) throws {
        let bytes = EntryRecord.encode(entry)
        let back = try #require(EntryRecord.decode(bytes, key: "k"))
        #expect(back.version == entry.version && back.value == entry.value)
        #expect(back.tags == entry.tags && back.asOf == entry.asOf)
        // Fewer or more bytes are not an entry.
        for length in 0..<bytes.count { #expect(EntryRecord.decode(Array(bytes.prefix(length)), key: "k") == nil) }
        #expect(EntryRecord.decode(bytes + [0], key: "k") == nil)
    }
}

extension CacheEntry: CustomTestStringConvertible {
    public var testDescription: String { "version \(version)" }
}
