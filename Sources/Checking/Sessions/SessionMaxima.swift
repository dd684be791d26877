import History

/// The highest versions of one key that one session has read and written so far.
struct SessionMaxima {
    private var read: Operation?
    private var written: Operation?
    /// Operations that had not ended when the last one began; in a session that does one thing at a time, one.
    private var pending: [Operation] = []

    /// How many operations are kept.
    var retained: Int { (read == nil ? 0 : 1) + (written == nil ? 0 : 1) + pending.count }

    /// Takes the next operation, in order of starts, points first.
    /// - Returns: the reads and writes of the highest versions that came before it; `nil` if none did.
    mutating func meet(_ operation: Operation) -> (read: Operation?, written: Operation?)? {
        defer { pending.append(operation) }
        return marks(before: operation)
    }

    /// The reads and writes of the highest versions that came before an operation, which is the next one.
    mutating func marks(before operation: Operation) -> (read: Operation?, written: Operation?)? {
        if pending.count == 1 {
            if pending[0].precedes(operation) { raise(pending.removeLast()) }
        } else {
            for earlier in pending where earlier.precedes(operation) { raise(earlier) }
            pending.removeAll { $0.precedes(operation) }
        }
        return read == nil && written == nil ? nil : (read, written)
    }

    private mutating func raise(_ operation: Operation) {
        if operation.kind == .read {
            if read == nil || read!.version < operation.version { read = operation }
        } else {
            if written == nil || written!.version < operation.version { written = operation }
        }
    }
}
