import EventBridge

/// For how long a subscription was away at most. Pure.
struct Absence: Sendable {
    /// Since when it has been away, in nanoseconds of ``BridgeClock``, if it is.
    private var since: Int64?
    private var longest: UInt64 = 0

    mutating func take(_ notice: BridgeNotice, at now: Int64) {
        switch notice {
        case .disconnected: since = since ?? now
        case .resubscribed:
            longest = longest(until: now)
            since = nil
        case .missed, .trimmed, .replaced: break
        }
    }

    /// In nanoseconds; one that has not ended counts up to now.
    func longest(until now: Int64) -> UInt64 {
        max(longest, since.map { UInt64(clamping: now - $0) } ?? 0)
    }
}
