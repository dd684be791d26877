import CoherenceTesting
import UserCaches

/// The database of a run.
struct RunDatabase: UserDatabase {
    let origin: SystemOfRecord

    func user(_ name: String) async throws -> String? { try await origin.load(name)?.text }

    func save(_ user: String?, as name: String) async throws {
        try await origin.commit(name, user.map { SubjectValue($0) })
    }
}

/// The cache, as scenarios use it.
struct UserCacheSubject: CacheSubject {
    let cache: UserCache
    let profile = SubjectProfile(
        "UserCache", promises: .acknowledged, operations: [.write, .delete, .invalidate, .inspect])

    init(_ surroundings: CacheSurroundings) { cache = UserCache(RunDatabase(origin: surroundings.origin)) }

    func read(_ key: String) async throws -> SubjectRead {
        SubjectRead(try await cache.user(key).map { SubjectValue($0) })
    }

    func write(_ key: String, _ value: SubjectValue) async throws { try await cache.save(value.text, as: key) }
    func delete(_ key: String) async throws { try await cache.save(nil, as: key) }
    func invalidate(_ key: String) async throws { await cache.drop(key) }

    func inspect(_ layer: SubjectLayer, _ keys: [String]) async throws -> [String: SubjectValue] {
        await cache.kept(of: keys).mapValues { SubjectValue($0) }
    }
}

/// The cache with the bug.
struct HastyUserCacheSubject: CacheSubject {
    let cache: HastyUserCache
    let profile = SubjectProfile("HastyUserCache", promises: .acknowledged)

    init(_ surroundings: CacheSurroundings) { cache = HastyUserCache(RunDatabase(origin: surroundings.origin)) }

    func read(_ key: String) async throws -> SubjectRead {
        SubjectRead(try await cache.user(key).map { SubjectValue($0) })
    }

    func write(_ key: String, _ value: SubjectValue) async throws { try await cache.save(value.text, as: key) }
}
