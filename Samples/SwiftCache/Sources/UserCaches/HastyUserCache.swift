/// Keeps users in memory. A careful engineer wrote it, and it has a bug.
///
/// A reader misses and loads a user. Meanwhile a writer saves another one and drops the entry. Then the reader puts the
/// old one back, where it stays.
public actor HastyUserCache {
    private let database: any UserDatabase
    private var users: [String: String] = [:]

    public init(_ database: any UserDatabase) { self.database = database }

    public func user(_ name: String) async throws -> String? {
        if let user = users[name] { return user }
        let user = try await database.user(name)
        users[name] = user
        return user
    }

    public func save(_ user: String?, as name: String) async throws {
        try await database.save(user, as: name)
        users[name] = nil
    }

    /// What is kept of some users.
    public func kept(of names: [String]) -> [String: String] { users.filter { names.contains($0.key) } }
}
