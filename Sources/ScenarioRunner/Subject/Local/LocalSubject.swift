import AdapterProtocol
import CacheHierarchy
import Support

/// A cache under test that is part of the runner's own process: a way to start an instance of it.
package struct LocalSubject: Sendable {
    /// Starts one instance.
    package let start: @Sendable (LocalSurroundings) async throws -> any LocalCache

    package init(_ start: @escaping @Sendable (LocalSurroundings) async throws -> any LocalCache) {
        self.start = start
    }
}

/// One instance of such a cache.
package protocol LocalCache: Sendable {
    /// What it says of itself.
    var description: AdapterDescription { get }
    /// Does what it is asked for, in the words of the adapter protocol.
    func perform(_ request: AdapterRequest) async -> AdapterAnswer.Outcome
}

/// What one instance is given.
package struct LocalSurroundings: Sendable {
    /// Who it is, where its Redis and its folder are: what the adapter of a foreign cache is told.
    package let start: AdapterStart
    /// Whether a folder and a Redis of its own are there; in a simulation neither is.
    package let isLive: Bool
    package let clock: any CacheClock
    /// What all instances of the cluster share.
    package let shared: LocalShared
    /// Answers what it asks of the origin.
    package let origin: @Sendable (AdapterAsk) async -> OriginAnswer.Outcome

    /// The worker on whose behalf the calling task runs, counted within its instance; `nil` for the cache's own work.
    @TaskLocal package static var worker: Int?
}

/// Values that all instances of one cluster share, one of each type: what stands for a bus or a server in memory.
package final class LocalShared: Sendable {
    private let values = Lock<[ObjectIdentifier: any Sendable]>([:])

    package init() {}

    /// The value of a type; whoever asks first makes it.
    package func value<Value: Sendable>(_ make: () -> Value) -> Value {
        let type = ObjectIdentifier(Value.self)
        if let value = values.withLock({ $0[type] }) as? Value { return value }
        let made = make()
        let kept = values.withLock { values in
            let kept = values[type] ?? made
            values[type] = kept
            return kept
        }
        return kept as? Value ?? made
    }
}
