/// Operations that are named one by one: which worker does what, in which order. Workers do theirs at the same time.
///
/// In the simulated world a script begins and ends when nothing else is under way, and all its schedules can be
/// explored.
public struct Script: Sendable, Hashable {
    /// One thing that a worker does.
    public enum Step: Sendable, Hashable {
        /// Reads the key of this name.
        case read(String)
        /// Reads the keys of these names in one call.
        case readMany([String])
        /// Writes the key of this name.
        case write(String)
        /// Deletes the key of this name.
        case delete(String)
        /// Invalidates the key of this name.
        case invalidate(String)
        /// Invalidates all keys that carry this tag.
        case invalidateTag(String)
    }

    /// By worker, counted over the whole cluster: first the workers of the first instance. Workers without a list do
    /// nothing.
    public var workers: [[Step]]

    /// Makes a script.
    public init(workers: [[Step]]) { self.workers = workers }
}

extension Script.Step: CustomStringConvertible {
    /// As it is written in a file.
    public var description: String {
        switch self {
        case .read(let key): "read \(key)"
        case .readMany(let keys): "read \(keys.joined(separator: " "))"
        case .write(let key): "write \(key)"
        case .delete(let key): "delete \(key)"
        case .invalidate(let key): "invalidate \(key)"
        case .invalidateTag(let tag): "invalidate-tag \(tag)"
        }
    }
}

extension Script.Step {
    var abilities: Abilities {
        switch self {
        case .read, .readMany: .reads
        case .write, .delete: .writes
        case .invalidate: .invalidates
        case .invalidateTag: .invalidatesTags
        }
    }
}
