import RedisClient

/// What a reader of a stream is told, in words of the bus: whether what was announced while it was away follows, or is
/// lost in part.
struct StreamContinuity {
    private var isAway = false
    private var hasLost = false

    /// What an instance has to be told.
    mutating func events(for notice: StreamNotice) -> [SharedTierEvent] {
        switch notice {
        case .disconnected:
            (isAway, hasLost) = (true, false)
            return [.disconnected]
        case .trimmed, .replaced:
            hasLost = true
            return isAway ? [] : [.disconnected, .reconnected]
        case .resubscribed:
            isAway = false
            return [hasLost ? .reconnected : .resumed]
        }
    }
}
