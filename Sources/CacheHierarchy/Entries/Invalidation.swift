/// What is sent to every instance when something has to go.
public struct Invalidation: Sendable, Hashable {
    /// What is asked of the receivers.
    public enum Action: Sendable, Hashable {
        /// Drop it; whatever is loaded from now on may be kept.
        case drop
        /// Drop it, and keep and share nothing of these keys until released: a write is about to be committed.
        case hold(String)
        /// The write is done: drop it once more, and keep again.
        case release(String)
    }

    public var action: Action
    /// The keys concerned.
    public var keys: [String]
    /// The tags whose whole groups are concerned.
    public var tags: [String]
    /// The instance that sent it.
    public var sender: String
    /// Whether the sender waits for an acknowledgement.
    public var wantsAcknowledgement: Bool

    public init(
        action: Action = .drop, keys: [String] = [], tags: [String] = [], sender: String, wantsAcknowledgement: Bool
    ) {
        self.action = action
        self.keys = keys
        self.tags = tags
        self.sender = sender
        self.wantsAcknowledgement = wantsAcknowledgement
    }
}

/// An invalidation with its place in the one order that all instances see.
public struct StampedInvalidation: Sendable, Hashable {
    /// Logical time: one more than that of the invalidation before it.
    public var time: Int64
    public var invalidation: Invalidation

    public init(time: Int64, invalidation: Invalidation) {
        self.time = time
        self.invalidation = invalidation
    }
}
