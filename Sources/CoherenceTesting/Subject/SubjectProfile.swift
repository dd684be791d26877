/// What a cache is called, what it offers and what it promises.
public struct SubjectProfile: Sendable, Hashable {
    /// As reports name it.
    public var name: String
    /// As reports name it; may be empty.
    public var version: String
    /// Its layers, innermost first. A read that does not say where its value is from is counted as one of the only
    /// layer, if there is only one.
    public var layers: [SubjectLayer]
    /// What a write that has returned promises; `nil`: nothing, and scenarios have to declare their checks.
    public var promise: SubjectPromise?
    /// What scenarios may ask for. What is named here has to be implemented; `read` is always offered.
    public var operations: Set<SubjectOperation>

    /// Makes a profile; each argument is the property of the same name.
    public init(
        _ name: String, version: String = "", layers: [SubjectLayer] = [.processMemory],
        promises promise: SubjectPromise? = nil, operations: Set<SubjectOperation> = [.read, .write]
    ) {
        self.name = name
        self.version = version
        self.layers = layers
        self.promise = promise
        self.operations = operations
    }
}

/// What a cache promises of a write that has returned. It decides what is asked where a scenario declares no checks.
public enum SubjectPromise: Sendable, Hashable {
    /// Nobody reads the old value any more.
    case acknowledged
    /// The other instances drop the old value soon, within a time if one is given.
    case announced(within: Duration? = nil)
    /// Each worker sees its own writes, and never goes back.
    case session
    /// The old value may be read until its time to live is over.
    case expiring
}

/// A layer of a cache.
public enum SubjectLayer: String, Sendable, Hashable, CaseIterable {
    /// Memory of one worker.
    case workerMemory = "L1"
    /// Memory of one instance, which its workers share.
    case processMemory = "L2"
    /// The disk of a host.
    case disk = "L3"
    /// The Redis that all instances share.
    case redis
    /// No cache: the system of record.
    case origin
}

/// What a scenario may ask of a cache.
public enum SubjectOperation: String, Sendable, Hashable, CaseIterable {
    /// ``CacheSubject/read(_:)``
    case read
    /// ``CacheSubject/write(_:_:)``
    case write
    /// ``CacheSubject/delete(_:)``
    case delete
    /// ``CacheSubject/invalidate(_:)``
    case invalidate
    /// ``CacheSubject/invalidate(tag:)``
    case invalidateTag
    /// ``CacheSubject/inspect(_:_:)``. Without it `convergence` is unknown.
    case inspect
    /// ``CacheSubject/quiesce()``. Without it the promised time of announcements is waited for.
    case quiesce
}
