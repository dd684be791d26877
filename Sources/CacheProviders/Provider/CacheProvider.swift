public import CacheHierarchy
public import History

/// The cache of a service, whichever it is: the service does not know, and need not.
///
/// ```swift
/// let cache = try await HierarchyProvider.start(try await ProviderSettings.load(file: "cache.yaml"))
/// let session = cache.makeSession()
/// try await session.write("user:7", bytes, tags: ["users"])
/// ```
public protocol CacheProvider: Sendable {
    var kind: ProviderKind { get }
    /// Whether everything works; `degraded` is slower, never wrong.
    var state: ProviderState { get }
    /// A worker's way in, with memory of its own if the provider has any; for one task at a time.
    func makeSession() -> any CacheSession
    /// Ends it. Sessions throw from then on.
    func close() async
}

/// What one worker does with a cache. Writes go to the storage first, and when they are safe there the cache is told.
public protocol CacheSession {
    /// The value if the worker's own memory has it and may serve it; never waits.
    func readOwnMemory(_ key: String) -> CacheReading?
    /// The value, from the nearest layer that has it, else from the storage.
    nonisolated(nonsending) func read(_ key: String) async throws -> CacheReading
    /// When it returns, the storage has it for good, and this process serves nothing older; others soon do not either.
    @discardableResult
    nonisolated(nonsending) func write(
        _ key: String, _ value: [UInt8], tags: [String]
    ) async throws -> InvalidationReceipt
    @discardableResult
    nonisolated(nonsending) func delete(_ key: String) async throws -> InvalidationReceipt
    /// Makes all layers give up keys, and everything that carries one of the tags.
    @discardableResult
    nonisolated(nonsending) func invalidate(keys: [String], tags: [String]) async throws -> InvalidationReceipt
}

extension CacheWorker: CacheSession {}
