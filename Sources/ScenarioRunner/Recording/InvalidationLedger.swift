import Support

/// Which recorded operation each logical time belongs to: an instance that applies an invalidation knows the time only.
final class InvalidationLedger: Sendable {
    private let operations = Lock<[Int64: Int64]>([:])

    func note(time: Int64, operation: Int64) { operations.withLock { $0[time] = operation } }

    /// The operation of a logical time; `nil` for one that no client asked for (the release of a hold).
    func operation(at time: Int64) -> Int64? { operations.withLock { $0[time] } }
}
