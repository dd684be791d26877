/// Where users are kept.
public protocol UserDatabase: Sendable {
    func user(_ name: String) async throws -> String?
    func save(_ user: String?, as name: String) async throws
}
