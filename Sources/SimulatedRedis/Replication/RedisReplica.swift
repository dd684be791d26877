/// A copy of a primary server. The caller decides how far it lags behind.
///
/// Changes wait in the order of their arrival until ``apply(_:)`` is called. Reads through ``model`` see the applied
/// changes. The replica refuses writes with `READONLY`. As on a real replica, a key past its deadline reads as
/// missing, and the primary's change removes it.
public struct RedisReplica: Sendable, Hashable {
    /// The copy for reading. It refuses writes.
    public var model: RedisModel
    /// The changes that the replica has received and not applied.
    public private(set) var waiting: [RedisChange] = []

    /// Creates a replica that equals `primary` at this moment, without its connections.
    public init(of primary: RedisModel) {
        model = primary
        model.restart(keepingData: true)
        model.role = .replica
    }

    /// Adds a change of the primary to the waiting ones. O(1).
    public mutating func receive(_ change: RedisChange?) {
        if let change { waiting.append(change) }
    }

    /// Applies the next changes.
    ///
    /// - Parameter count: the maximum number of changes.
    /// - Returns: the messages to the replica's own subscribers.
    public mutating func apply(_ count: Int = .max) -> [RedisDelivery] {
        let due = waiting.prefix(count)
        waiting.removeFirst(due.count)
        return due.flatMap { model.apply($0) }
    }

    /// Returns the replica as the new primary.
    ///
    /// It first applies the received changes, as a real replica does. Changes that it never received are lost. Its
    /// connections stay.
    public func promoted() -> RedisModel {
        var copy = self
        _ = copy.apply()
        copy.model.role = .primary
        return copy.model
    }
}

/// The change made by one command, transaction, script or eviction, for replicas: the new state of each changed key.
///
/// A replica applies it completely or not at all.
public struct RedisChange: Sendable, Hashable {
    enum Step: Sendable, Hashable {
        case clear
        case put(Bytes, StoredKey)
        case remove(Bytes)
        case publish(channel: Bytes, payload: Bytes)
    }

    var steps: [Step]
}
