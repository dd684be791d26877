import RedisClient

/// What a subscriber is told besides events: reasons to distrust what it has.
public enum BridgeNotice: Sendable {
    /// These events of a source have not come. Some of them may still, after a repetition.
    case missed(EventSource, ClosedRange<UInt64>)
    /// So many entries of the stream, of whichever source, had been trimmed before this subscriber read them.
    case trimmed(entries: Int)
    /// The stream is another one than before (the server came back without its data): what was in it and unread is
    /// lost.
    case replaced
    /// The subscription is lost; with `pub-sub` and `tracking`, what is published from now on is lost too.
    case disconnected(RedisError)
    /// The subscription is back.
    case resubscribed
}
