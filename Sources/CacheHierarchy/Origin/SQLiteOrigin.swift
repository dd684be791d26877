import GRDB

/// A durable origin in one SQLite file: a commit returns when the data is on the disk (`synchronous = FULL`).
///
/// Commits that wait at the same time share one transaction (``GroupedWriter``).
public final class SQLiteOrigin: Origin {
    private let database: DatabasePool
    private let writer: GroupedWriter

    /// Opens the file, making it if need be.
    /// - Throws: SQLite's error if it cannot.
    public init(path: String) throws {
        var configuration = Configuration()
        configuration.label = "origin"
        configuration.busyMode = .timeout(10)
        configuration.maximumReaderCount = 4
        configuration.prepareDatabase { database in try database.execute(sql: "PRAGMA synchronous = FULL") }
        database = try DatabasePool(path: path, configuration: configuration)
        writer = GroupedWriter(database)
        try database.write { database in
            try database.execute(
                sql: """
                    CREATE TABLE IF NOT EXISTS record (
                        key TEXT PRIMARY KEY NOT NULL,
                        version INTEGER NOT NULL,
                        value BLOB,
                        tags BLOB NOT NULL
                    ) WITHOUT ROWID
                    """)
        }
    }

    public func load(_ key: String) async throws -> OriginRecord {
        // One statement needs no transaction around it.
        try await database.unsafeRead { database in try Self.record(key, in: database) }
    }

    /// In one transaction, so that SQLite opens the file for reading once: O(keys × log of all).
    public func load(_ keys: [String]) async throws -> [OriginRecord] {
        try await database.read { database in try keys.map { try Self.record($0, in: database) } }
    }

    private static func record(_ key: String, in database: Database) throws -> OriginRecord {
        let statement = try database.cachedStatement(sql: "SELECT version, value, tags FROM record WHERE key = ?")
        guard let row = try Row.fetchOne(statement, arguments: [key]) else {
            return OriginRecord(version: 0, value: nil, tags: [])
        }
        return OriginRecord(version: row[0], value: row.bytes(1), tags: TagList.decode(row.bytes(2) ?? []))
    }

    public func commit(_ key: String, value: [UInt8]?, tags: [String]) async throws -> Int64 {
        try await writer.write { database in try Self.store(key, value, tags, in: database) }
    }

    /// Replaces the value of a key by what becomes of it, in one transaction.
    /// - Parameter change: given the present value, `nil` if there is none; may be asked twice.
    /// - Returns: the version given to it.
    public func update(
        _ key: String, tags: [String], _ change: @escaping @Sendable ([UInt8]?) -> [UInt8]?
    ) async throws -> Int64 {
        try await writer.write { database in
            let statement = try database.cachedStatement(sql: "SELECT value FROM record WHERE key = ?")
            let present = try Row.fetchOne(statement, arguments: [key])?.bytes(0)
            return try Self.store(key, change(present), tags, in: database)
        }
    }

    /// Writes many keys in one transaction, as a bulk load would; for setting up.
    /// - Returns: the versions, in the order of the records.
    public func seed(_ records: [(key: String, value: [UInt8], tags: [String])]) async throws -> [Int64] {
        try await database.write { database in
            try records.map { try Self.store($0.key, $0.value, $0.tags, in: database) }
        }
    }

    private static func store(_ key: String, _ value: [UInt8]?, _ tags: [String], in database: Database) throws -> Int64
    {
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO record (key, version, value, tags) VALUES (?, 1, ?, ?)
                ON CONFLICT (key) DO UPDATE SET version = version + 1, value = excluded.value, tags = excluded.tags
                RETURNING version
                """)
        let arguments: StatementArguments = [key, value.map { Blob($0) }, Blob(TagList.encode(tags))]
        guard let version = try Int64.fetchOne(statement, arguments: arguments) else {
            throw DatabaseError(message: "the origin returned no version for key \(key)")
        }
        return version
    }
}
