import Foundation
import GRDB
import Support
import Synchronization

/// L3 in one SQLite file that the instances of a host share, be they in one process or in several.
///
/// The file is a cache: it is written without waiting for the disk, and a restart of the machine empties it (entries carry
/// deadlines on a clock that starts with the machine). Floors are kept in the file, bounded like those in memory. When
/// full it gives up the entries whose deadlines come first.
public final class SQLiteHostStore: HostStore {
    /// The most entries held.
    public let capacity: Int
    private let database: DatabasePool
    private let writer: GroupedWriter
    static let floorCapacity = 20_000
    /// Counting rows is not free, so bounds are enforced at every so many fills and applications.
    static let writesBetweenTrims = 64
    private let writes = Atomic<Int>(0)

    /// The number of the write before which the layer cannot be full: entries are not counted before.
    private let nextCount = Atomic<Int>(0)

    /// - Returns: the number of the next write if it is one at which bounds are enforced.
    private func countWrite() -> Int? {
        let number = writes.wrappingAdd(1, ordering: .relaxed).newValue
        return number % Self.writesBetweenTrims == 0 ? number : nil
    }

    /// - Returns: the number of the next write if the entries are to be counted at it.
    private func countFill() -> Int? {
        countWrite().flatMap { $0 < nextCount.load(ordering: .relaxed) ? nil : $0 }
    }

    /// Opens the file, making it if need be, and empties it if the machine was restarted since it was written.
    public init(path: String, capacity: Int) throws {
        self.capacity = capacity
        var configuration = Configuration()
        configuration.label = "L3"
        configuration.busyMode = .timeout(10)
        configuration.maximumReaderCount = 4
        configuration.prepareDatabase { database in try database.execute(sql: "PRAGMA synchronous = OFF") }
        database = try DatabasePool(path: path, configuration: configuration)
        writer = GroupedWriter(database)
        try database.write { database in
            try database.execute(sql: Self.schema)
            let boot = Self.bootIdentifier
            if try String.fetchOne(database, sql: "SELECT boot FROM state") != boot {
                try database.execute(sql: "DELETE FROM entry; DELETE FROM floor; DELETE FROM state")
                try database.execute(sql: "INSERT INTO state (boot, horizon) VALUES (?, 0)", arguments: [boot])
            }
        }
    }

    private static let schema = """
        CREATE TABLE IF NOT EXISTS entry (
            key TEXT PRIMARY KEY NOT NULL, version INTEGER NOT NULL, value BLOB, tags BLOB NOT NULL,
            asOf INTEGER NOT NULL, deadline INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS entryByDeadline ON entry (deadline);
        CREATE TABLE IF NOT EXISTS floor (
            isTag INTEGER NOT NULL, name TEXT NOT NULL, time INTEGER NOT NULL, PRIMARY KEY (isTag, name)
        ) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS state (boot TEXT NOT NULL, horizon INTEGER NOT NULL);
        """

    private static var bootIdentifier: String {
        // Where the system has no such file, the file's life is that of the process, which is always safe.
        (try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)) ?? UUID().uuidString
    }

    public func read(_ key: String, now: Int64) async throws -> CacheEntry? {
        // Without a transaction: the floors are read after the entry, so an invalidation in between is seen.
        try await database.unsafeRead { database in
            try Self.entry(key, now: now, in: database) { try Self.admits($0, in: database) }
        }
    }

    /// In one transaction.
    public func read(_ keys: [String], now: Int64) async throws -> [CacheEntry?] {
        try await database.read { database in
            var floors = SQLiteFloors(database)
            return try keys.map { try Self.entry($0, now: now, in: database) { try floors.admits($0) } }
        }
    }

    public func fill(_ entry: CacheEntry, ignoringFloors: Bool) async throws -> HostFill {
        let counted = countFill()
        return try await writer.write { [self] database in
            if !ignoringFloors, try !Self.admits(entry, in: database) { return .refused }
            return try store(entry, counted: counted, in: database)
        }
    }

    /// In one transaction.
    public func fill(_ entries: [CacheEntry], ignoringFloors: Bool) async throws -> [HostFill] {
        let counted = entries.map { _ in countFill() }
        return try await writer.write { [self] database in
            var floors = SQLiteFloors(database)
            return try zip(entries, counted).map { entry, counted in
                if !ignoringFloors, try !floors.admits(entry) { return .refused }
                return try store(entry, counted: counted, in: database)
            }
        }
    }

    /// - Parameter counted: the number of the write, at which the layer is brought back to its capacity.
    private func store(_ entry: CacheEntry, counted: Int?, in database: Database) throws -> HostFill {
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO entry (key, version, value, tags, asOf, deadline) VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT (key) DO UPDATE SET version = excluded.version, value = excluded.value,
                    tags = excluded.tags, asOf = excluded.asOf, deadline = excluded.deadline
                WHERE excluded.version >= version
                """)
        try statement.execute(arguments: [
            entry.key, entry.version, entry.value.map { Blob($0) }, Blob(TagList.encode(entry.tags)), entry.asOf,
            entry.deadline,
        ])
        guard database.changesCount > 0 else { return .refused }
        return .stored(evicted: try counted.map { try trim(atWrite: $0, in: database) } ?? [])
    }

    /// Gives up what is too much. Counting takes time in proportion to the entries, so it is put off for an eighth of the room
    /// that is left: the other processes of the host may fill the rest meanwhile.
    private func trim(atWrite number: Int, in database: Database) throws -> [String] {
        let count = try Int.fetchOne(database.cachedStatement(sql: "SELECT count(*) FROM entry")) ?? 0
        nextCount.store(number + max(0, capacity - count) / 8, ordering: .relaxed)
        guard count > capacity else { return [] }
        let trim = try database.cachedStatement(
            sql: "DELETE FROM entry WHERE key IN (SELECT key FROM entry ORDER BY deadline LIMIT ?) RETURNING key")
        return try String.fetchAll(trim, arguments: [count - capacity])
    }

    public func apply(_ invalidations: [StampedInvalidation]) async throws {
        let isTrimDue = countWrite() != nil
        try await writer.write { database in
            for stamped in invalidations {
                for key in stamped.invalidation.keys {
                    try Self.raiseFloor(of: key, isTag: false, to: stamped.time, in: database)
                    let drop = try database.cachedStatement(sql: "DELETE FROM entry WHERE key = ? AND asOf < ?")
                    try drop.execute(arguments: [key, stamped.time])
                }
                for tag in stamped.invalidation.tags {
                    try Self.raiseFloor(of: tag, isTag: true, to: stamped.time, in: database)
                }
            }
            if isTrimDue { try Self.forgetOldFloors(in: database) }
        }
    }

    public func inspect(_ keys: [String], now: Int64) async throws -> [String: CacheEntry] {
        var found: [String: CacheEntry] = [:]
        for (key, entry) in zip(keys, try await read(keys, now: now)) { found[key] = entry }
        return found
    }

    // MARK: The rule, in SQL

    /// - Parameter isAdmitted: whether the floors admit what was found.
    private static func entry(
        _ key: String, now: Int64, in database: Database, isAdmitted: (CacheEntry) throws -> Bool
    ) throws -> CacheEntry? {
        let statement = try database.cachedStatement(
            sql: "SELECT version, value, tags, asOf, deadline FROM entry WHERE key = ? AND deadline > ?")
        guard let row = try Row.fetchOne(statement, arguments: [key, now]) else { return nil }
        let entry = CacheEntry(
            key: key, version: row[0], value: row.bytes(1), tags: TagList.decode(row.bytes(2) ?? []), asOf: row[3],
            deadline: row[4])
        return try isAdmitted(entry) ? entry : nil
    }

    private static func admits(_ entry: CacheEntry, in database: Database) throws -> Bool {
        var floors = SQLiteFloors(database)
        return try floors.admits(entry)
    }

    private static func raiseFloor(of name: String, isTag: Bool, to time: Int64, in database: Database) throws {
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO floor (isTag, name, time) VALUES (?, ?, ?)
                ON CONFLICT (isTag, name) DO UPDATE SET time = max(time, excluded.time)
                """)
        try statement.execute(arguments: [isTag, name, time])
    }

    private static func forgetOldFloors(in database: Database) throws {
        guard try Int.fetchOne(database, sql: "SELECT count(*) FROM floor") ?? 0 > floorCapacity else { return }
        try database.execute(
            sql: """
                UPDATE state SET horizon = max(horizon,
                    (SELECT time FROM floor ORDER BY time LIMIT 1 OFFSET (SELECT count(*) / 2 FROM floor)));
                DELETE FROM floor WHERE time <= (SELECT horizon FROM state);
                DELETE FROM entry WHERE asOf < (SELECT horizon FROM state);
                """)
    }
}

/// The floors of an L3 as they stand during one transaction, or for one entry: those of tags and the horizon are read once.
private struct SQLiteFloors {
    private let database: Database
    private var horizon: Int64?
    private var tags: [NameKey: Int64] = [:]

    init(_ database: Database) { self.database = database }

    mutating func admits(_ entry: CacheEntry) throws -> Bool {
        if horizon == nil {
            horizon = try Int64.fetchOne(database.cachedStatement(sql: "SELECT horizon FROM state")) ?? 0
        }
        guard entry.asOf >= horizon ?? 0, entry.asOf >= (try floor(of: entry.key, isTag: false)) else { return false }
        for tag in entry.tags {
            let name = NameKey(tag)
            let floor = try tags[name] ?? floor(of: tag, isTag: true)
            tags[name] = floor
            if entry.asOf < floor { return false }
        }
        return true
    }

    private func floor(of name: String, isTag: Bool) throws -> Int64 {
        let statement = try database.cachedStatement(sql: "SELECT time FROM floor WHERE isTag = ? AND name = ?")
        return try Int64.fetchOne(statement, arguments: [isTag, name]) ?? 0
    }
}
