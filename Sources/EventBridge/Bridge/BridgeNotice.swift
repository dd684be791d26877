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

extension BridgeNotice {
    /// What the reader of the bridge's stream was told.
    init(_ notice: StreamNotice) {
        self =
            switch notice {
            case .trimmed(let entries): .trimmed(entries: entries)
            case .replaced: .replaced
            case .disconnected(let error): .disconnected(error)
            case .resubscribed: .resubscribed
            }
    }
}
