import GRDB

/// The changes of a storage, in order: one row for each change of a record, written in the same transaction.
///
/// Triggers write the rows. No writer can therefore omit a row, and no crash can separate a record from its row. The
/// number of the row is the logical timestamp. The numbers have no gaps, because a transaction that is rolled back
/// also restores its numbers.
final class ChangeLog: Sendable {
    /// One row.
    struct Change: Sendable, Hashable {
        let time: Int64
        let name: Name
        /// The instance that announced the change. Empty for a row of a trigger.
        let sender: String
    }

    /// The name of a changed object.
    enum Name: Sendable, Hashable {
        case key(String)
        case tag(String)

        fileprivate var kind: Int {
            switch self {
            case .key: 0
            case .tag: 1
            }
        }

        fileprivate var text: String {
            switch self {
            case .key(let text), .tag(let text): text
            }
        }
    }

    /// Identifies the storage. A new file has another identity.
    let identity: String
    private let database: DatabasePool
    private let length: Int64

    /// Opens the log of a storage that has its table of records, and creates the log if necessary.
    ///
    /// - Parameters:
    ///   - path: the file of the storage.
    ///   - length: the number of changes to keep, exceeded by at most one hundredth. A reader that is further behind
    ///     has missed changes and notices the gap.
    /// - Throws: SQLite's error.
    init(path: String, length: Int64 = 100_000) throws {
        self.length = length
        var configuration = Configuration()
        configuration.label = "changes"
        configuration.busyMode = .timeout(10)
        configuration.maximumReaderCount = 2
        // Rows besides those of the triggers concern caches only, and no cache survives a crash of the machine.
        configuration.prepareDatabase { database in try database.execute(sql: "PRAGMA synchronous = NORMAL") }
        database = try DatabasePool(path: path, configuration: configuration)
        identity = try database.write { database in
            try database.execute(sql: Self.schema)
            return try String.fetchOne(database, sql: "SELECT identity FROM storage") ?? ""
        }
    }

    private static let schema = """
        CREATE TABLE IF NOT EXISTS change (
            time INTEGER PRIMARY KEY AUTOINCREMENT,
            kind INTEGER NOT NULL DEFAULT 0,
            name TEXT NOT NULL,
            sender TEXT NOT NULL DEFAULT ''
        );
        CREATE INDEX IF NOT EXISTS change_by_name ON change (kind, name, time);
        CREATE TRIGGER IF NOT EXISTS record_inserted AFTER INSERT ON record
            BEGIN INSERT INTO change (name) VALUES (NEW.key); END;
        CREATE TRIGGER IF NOT EXISTS record_updated AFTER UPDATE ON record
            BEGIN INSERT INTO change (name) VALUES (NEW.key); END;
        CREATE TRIGGER IF NOT EXISTS record_deleted AFTER DELETE ON record
            BEGIN INSERT INTO change (name) VALUES (OLD.key); END;
        CREATE TABLE IF NOT EXISTS storage (identity TEXT NOT NULL);
        INSERT INTO storage SELECT lower(hex(randomblob(8))) WHERE NOT EXISTS (SELECT 1 FROM storage);
        """

    /// Returns the time of the newest change, or 0 if there is none. O(1).
    func time() async throws -> Int64 {
        try await database.unsafeRead { try Self.time($0) }
    }

    private static func time(_ database: Database) throws -> Int64 {
        let statement = try database.cachedStatement(sql: "SELECT max(time) FROM change")
        return try Int64.fetchOne(statement) ?? 0
    }

    /// Returns at most `limit` changes after a time, the oldest first.
    func changes(after time: Int64, limit: Int) async throws -> [Change] {
        try await database.unsafeRead { database in
            let statement = try database.cachedStatement(
                sql: "SELECT time, kind, name, sender FROM change WHERE time > ? ORDER BY time LIMIT ?")
            return try Row.fetchAll(statement, arguments: [time, limit]).map { row in
                let text: String = row[2]
                return Change(time: row[0], name: row[1] == 0 ? .key(text) : .tag(text), sender: row[3])
            }
        }
    }

    /// Returns whether entries with these names, current at a time, are still current, and the time of this answer.
    /// O(names × log of the length).
    func confirm(_ names: [Name], since time: Int64) async throws -> (isCurrent: Bool, time: Int64) {
        let (areCurrent, now) = try await confirm([(names, time)])
        return (areCurrent[0], now)
    }

    /// Confirms several entries at one time. The answers have the order of the entries.
    func confirm(_ entries: [(names: [Name], since: Int64)]) async throws -> (areCurrent: [Bool], time: Int64) {
        // One transaction reads all, so that no change comes between the answers and their time.
        try await database.read { database in
            let now = try Self.time(database)
            let oldest = try Int64.fetchOne(database.cachedStatement(sql: "SELECT min(time) FROM change")) ?? 0
            let statement = try database.cachedStatement(
                sql: "SELECT 1 FROM change WHERE kind = ? AND name = ? AND time > ? LIMIT 1")
            let areCurrent = try entries.map { names, time in
                // A later time belongs to an earlier version of this file.
                guard time <= now, oldest <= time + 1 else { return false }
                return try names.allSatisfy { name in
                    try Int.fetchOne(statement, arguments: [name.kind, name.text, time]) == nil
                }
            }
            return (areCurrent, now)
        }
    }

    /// Adds changes. The last one has the name of the sender.
    ///
    /// - Returns: the time of the last change.
    func add(_ names: [Name], sender: String) async throws -> Int64 {
        try await database.write { database in
            let statement = try database.cachedStatement(
                sql: "INSERT INTO change (kind, name, sender) VALUES (?, ?, ?)")
            for (number, name) in names.enumerated() {
                let isLast = number == names.count - 1
                try statement.execute(arguments: [name.kind, name.text, isLast ? sender : ""])
            }
            let time = database.lastInsertedRowID
            // Only sometimes, because each removal searches the index.
            if time % max(1, length / 100) == 0 {
                try database.execute(sql: "DELETE FROM change WHERE time <= ?", arguments: [time - length])
            }
            return time
        }
    }
}
