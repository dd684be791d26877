public import CacheHierarchy
public import History

/// The cache of a service. The service does not depend on its kind.
///
/// ```swift
/// let cache = try await HierarchyProvider.start(try await ProviderSettings.load(file: "cache.yaml"))
/// let session = cache.makeSession()
/// try await session.write("user:7", bytes, tags: ["users"])
/// ```
public protocol CacheProvider: Sendable {
    /// The kind of the cache.
    var kind: ProviderKind { get }
    /// Whether all layers work. A `degraded` provider is slower and never wrong.
    var state: ProviderState { get }
    /// Creates the access of one worker, with its own memory if the kind has one. Only one task at a time may use it.
    func makeSession() -> any CacheSession
    /// Closes the provider. Later calls of its sessions throw an error.
    func close() async
}

/// The access of one worker to a cache. A write goes to the storage first. Once the storage has committed it, the
/// cache is invalidated.
public protocol CacheSession {
    /// Returns the value if the worker's own memory has it and may serve it. It never waits.
    func readOwnMemory(_ key: String) -> CacheReading?
    /// Returns the value from the nearest layer that has it, or from the storage.
    ///
    /// - Throws: the error of the storage.
    nonisolated(nonsending) func read(_ key: String) async throws -> CacheReading
    /// Writes a value. When this returns, the storage has committed it, and this process serves no older value. Other
    /// processes follow within the poll interval.
    ///
    /// - Throws: the error of the storage.
    @discardableResult
    nonisolated(nonsending) func write(
        _ key: String, _ value: [UInt8], tags: [String]
    ) async throws -> InvalidationReceipt
    /// Deletes a key. Otherwise as ``write(_:_:tags:)``.
    ///
    /// - Throws: the error of the storage.
    @discardableResult
    nonisolated(nonsending) func delete(_ key: String) async throws -> InvalidationReceipt
    /// Removes keys, and all entries with one of the tags, from all layers.
    ///
    /// - Throws: the error of the storage.
    @discardableResult
    nonisolated(nonsending) func invalidate(keys: [String], tags: [String]) async throws -> InvalidationReceipt
}

extension CacheWorker: CacheSession {}
