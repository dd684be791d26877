import History

/// One thing that a worker is to do.
package enum PlannedOperation: Sendable, Hashable {
    case read(KeyInUse)
    /// Several keys in one call.
    case readMany([KeyInUse])
    case write(KeyInUse)
    case delete(KeyInUse)
    case invalidate(KeyInUse)
    case invalidateTag(String)
}

extension PlannedOperation {
    /// That it has begun, as an operation of which nothing else is known.
    func begun(at time: Int64, in log: WorkerLog) -> Operation {
        func begun(_ kind: Operation.Kind, _ key: KeyInUse) -> Operation {
            Operation(kind: kind, key: log.number(ofKey: key.name), start: time, end: Operation.never)
        }
        return switch self {
        case .read(let key): begun(.read, key)
        // The first key stands for all: a read of which nothing else is known proves nothing.
        case .readMany(let keys): begun(.read, keys[0])
        case .write(let key): begun(.write, key)
        case .delete(let key): begun(.delete, key)
        case .invalidate(let key): begun(.invalidate, key)
        case .invalidateTag(let tag):
            Operation(
                kind: .invalidateTag, tagSet: log.number(ofTags: [tag]), start: time, end: Operation.never)
        }
    }
}

extension PlannedOperation: CustomStringConvertible {
    package var description: String {
        switch self {
        case .read(let key): "read \(key.name)"
        case .readMany(let keys): "read \(keys.map(\.name).joined(separator: " "))"
        case .write(let key): "write \(key.name)"
        case .delete(let key): "delete \(key.name)"
        case .invalidate(let key): "invalidate \(key.name)"
        case .invalidateTag(let tag): "invalidate-tag \(tag)"
        }
    }
}
