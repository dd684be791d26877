/// One instance of your cache, as scenarios use it.
///
/// A run makes several of them, as an application has several instances, and calls each from several tasks at a time.
/// An error that `read` throws is a failed read. An error of anything else leaves open whether it had an effect, unless
/// it is a ``CertainFailure``.
public protocol CacheSubject: Sendable {
    /// What the cache is called, what it offers and what it promises.
    var profile: SubjectProfile { get }

    /// Reads a key as the application does, from the origin if need be.
    func read(_ key: String) async throws -> SubjectRead

    /// Writes a key as the application does: commits it at the origin, and tells the cache.
    func write(_ key: String, _ value: SubjectValue) async throws

    /// Deletes a key as the application does, at the origin too.
    func delete(_ key: String) async throws

    /// Drops a key from the cache. The origin keeps it.
    func invalidate(_ key: String) async throws

    /// Drops everything that carries a tag. What carries which, the origin says (``SystemOfRecord/loadWithTags(_:)``).
    func invalidate(tag: String) async throws

    /// Shows what a layer holds for some keys, and fills nothing. Keys without an entry are left out.
    func inspect(_ layer: SubjectLayer, _ keys: [String]) async throws -> [String: SubjectValue]

    /// Returns when announcements that are under way have arrived, and refreshes have ended.
    func quiesce() async throws

    /// Leaves in order. Nothing is asked afterwards.
    func stop() async throws
}

extension CacheSubject {
    /// Not offered.
    public func write(_ key: String, _ value: SubjectValue) async throws { throw Unsupported(operation: .write) }
    /// Not offered.
    public func delete(_ key: String) async throws { throw Unsupported(operation: .delete) }
    /// Not offered.
    public func invalidate(_ key: String) async throws { throw Unsupported(operation: .invalidate) }
    /// Not offered.
    public func invalidate(tag: String) async throws { throw Unsupported(operation: .invalidateTag) }
    /// Not offered.
    public func inspect(_ layer: SubjectLayer, _ keys: [String]) async throws -> [String: SubjectValue] {
        throw Unsupported(operation: .inspect)
    }
    /// Not offered.
    public func quiesce() async throws { throw Unsupported(operation: .quiesce) }
    /// Does nothing.
    public func stop() async throws {}
}

/// An operation that a cache names in its ``SubjectProfile`` and does not implement.
public struct Unsupported: Error, Hashable, CustomStringConvertible {
    /// The operation.
    public let operation: SubjectOperation

    /// What to do about it, as a sentence without its point.
    public var description: String {
        "the profile names \(operation.rawValue), and the cache does not implement it"
    }
}

/// An error of an operation that certainly had no effect, and will have none.
public struct CertainFailure: Error, Hashable, CustomStringConvertible {
    /// Why it failed.
    public let description: String

    /// An error with its reason.
    public init(_ description: String) { self.description = description }
}
