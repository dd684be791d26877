/// A copy of a primary that lags behind it by as much as the caller decides.
///
/// Changes wait in the order in which they came until ``apply(_:)`` is called. Reads through ``model`` see what was
/// applied; writes are refused with `READONLY`. A key past its deadline is not served, and is removed when the
/// primary's removal arrives, as on a real replica.
public struct RedisReplica: Sendable, Hashable {
    /// The copy, to read from. It accepts no writes.
    public var model: RedisModel
    /// Received, and not yet applied.
    public private(set) var waiting: [RedisChange] = []

    /// A replica that is up to date with `primary` at this moment, with connections of its own.
    public init(of primary: RedisModel) {
        model = primary
        model.restart(keepingData: true)
        model.role = .replica
    }

    /// Takes note of what the primary did.
    public mutating func receive(_ change: RedisChange?) {
        if let change { waiting.append(change) }
    }

    /// Does the next changes.
    /// - Parameter count: how many; all that wait if there are fewer.
    /// - Returns: what the replica's own subscribers are sent.
    public mutating func apply(_ count: Int = .max) -> [RedisDelivery] {
        let due = waiting.prefix(count)
        waiting.removeFirst(due.count)
        return due.flatMap { model.apply($0) }
    }

    /// The replica as the new primary. What was received and not applied is applied first, as a real replica does; what
    /// never was received is lost. Its connections stay.
    public func promoted() -> RedisModel {
        var copy = self
        _ = copy.apply()
        copy.model.role = .primary
        return copy.model
    }
}
