import CoherenceTesting
import Support

/// A cache without a cache: every read asks the origin.
struct NoCache: CacheSubject {
    let origin: SystemOfRecord
    var profile = SubjectProfile(
        "NoCache", version: "1.2", promises: .acknowledged, operations: [.write, .delete, .quiesce])

    init(_ surroundings: CacheSurroundings) { origin = surroundings.origin }

    func read(_ key: String) async throws -> SubjectRead { SubjectRead(try await origin.load(key)) }
    func write(_ key: String, _ value: SubjectValue) async throws { try await origin.commit(key, value) }
    func delete(_ key: String) async throws { try await origin.commit(key, nil) }
    func quiesce() async throws {}
}

/// Keeps what it has once read, whatever is written.
actor StubbornCache: CacheSubject {
    let profile = SubjectProfile("StubbornCache", promises: .acknowledged)
    private let origin: SystemOfRecord
    private var entries: [String: SubjectValue] = [:]

    init(_ surroundings: CacheSurroundings) { origin = surroundings.origin }

    func read(_ key: String) async throws -> SubjectRead {
        if let value = entries[key] { return .found(value, in: .processMemory) }
        let value = try await origin.load(key)
        entries[key] = value
        return value.map { .found($0, in: .origin) } ?? .nothing
    }

    func write(_ key: String, _ value: SubjectValue) async throws { try await origin.commit(key, value) }
}

/// Does what the test says in each read; writes go to the origin.
struct ScriptedCache: CacheSubject {
    typealias Read = @Sendable (CacheSurroundings, _ key: String) async throws -> SubjectRead

    let surroundings: CacheSurroundings
    var profile = SubjectProfile("ScriptedCache", promises: .acknowledged)
    let onRead: Read

    func read(_ key: String) async throws -> SubjectRead { try await onRead(surroundings, key) }

    func write(_ key: String, _ value: SubjectValue) async throws {
        try await surroundings.origin.commit(key, value)
    }

    /// What makes one, with the reads that a test wants.
    static func reading(_ onRead: @escaping Read) -> @Sendable (CacheSurroundings) -> ScriptedCache {
        { ScriptedCache(surroundings: $0, onRead: onRead) }
    }

    /// As the origin has it.
    static func honest(_ surroundings: CacheSurroundings, _ key: String) async throws -> SubjectRead {
        SubjectRead(try await surroundings.origin.load(key))
    }
}

/// Instances that tell each other what they have written, over a bus in memory, before a write returns.
actor TellingCache: CacheSubject {
    final class Bus: Sendable {
        private let members = Lock<[TellingCache]>([])

        func join(_ cache: TellingCache) { members.withLock { $0.append(cache) } }
        var all: [TellingCache] { members.withLock { $0 } }
    }

    let profile = SubjectProfile(
        "TellingCache", promises: .acknowledged, operations: [.write, .inspect, .quiesce])
    private let origin: SystemOfRecord
    private let bus: Bus
    private var entries: [String: SubjectValue] = [:]
    private var changes: [String: Int] = [:]
    /// Writes that are under way: until they are done nobody keeps anything.
    private var writes: [String: Int] = [:]

    init(_ surroundings: CacheSurroundings) async {
        origin = surroundings.origin
        bus = surroundings.shared { Bus() }
        bus.join(self)
    }

    func read(_ key: String) async throws -> SubjectRead {
        if let value = entries[key] { return .found(value) }
        let change = changes[key]
        let value = try await origin.load(key)
        if change == changes[key], writes[key] == nil { entries[key] = value }
        return SubjectRead(value)
    }

    func write(_ key: String, _ value: SubjectValue) async throws {
        for member in bus.all { await member.hear(ofWriteTo: key, isBeginning: true) }
        try await origin.commit(key, value)
        for member in bus.all { await member.hear(ofWriteTo: key, isBeginning: false) }
    }

    private func hear(ofWriteTo key: String, isBeginning: Bool) {
        let count = (writes[key] ?? 0) + (isBeginning ? 1 : -1)
        writes[key] = count > 0 ? count : nil
        entries[key] = nil
        changes[key, default: 0] += 1
    }

    func inspect(_ layer: SubjectLayer, _ keys: [String]) -> [String: SubjectValue] {
        entries.filter { keys.contains($0.key) }
    }

    func quiesce() {}
}
