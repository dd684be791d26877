/// What one instance has counted, since it was opened.
public struct BridgeCounts: Sendable, Hashable, Codable {
    /// Events that ``EventBridge/publish(_:time:)`` has taken.
    public var published: UInt64 = 0
    /// Of those, what the server has confirmed.
    public var confirmed: UInt64 = 0
    /// Times that something had to be sent again because its outcome was unknown. Subscribers filter what that doubles.
    public var repeated: UInt64 = 0
    /// Events of others that were delivered to the application.
    public var received: UInt64 = 0
    /// Own events that came back and were not delivered.
    public var ownFiltered: UInt64 = 0
    /// Events that came more than once; delivered the first time only.
    public var duplicatesFiltered: UInt64 = 0
    /// Holes in the sequences of other sources.
    public var gaps: UInt64 = 0
    /// Events in those holes: exactly what is known to have been published, is owed, and has not come.
    public var missed: UInt64 = 0
    /// Entries that were trimmed from the stream before they were read, own ones and marks included.
    public var trimmed: UInt64 = 0
    /// Times that the subscription was lost.
    public var disconnections: UInt64 = 0
    /// Messages that are no frame of a bridge.
    public var foreign: UInt64 = 0

    /// Nothing yet.
    public init() {}
}
