/// Which announcements of an instance have come back to it over the bus, and which it has applied. Pure.
///
/// An instance applies its own announcement when the shared tier has answered. The bus may bring the announcement
/// before the answer: the instance applies it then, since the logical time up to which everything is applied must not
/// pass it.
struct OwnEchoes: Sendable {
    /// Applied after the answer, and not come back yet.
    private var applied: Set<Int64> = []
    /// Come back before the answer.
    private var early: Set<Int64> = []

    /// The instance has applied its announcement of this logical time after the answer.
    mutating func appliedAfterAnswer(_ time: Int64) {
        if early.remove(time) == nil { applied.insert(time) }
    }

    /// The bus brings the announcement of this logical time.
    /// - Returns: whether it has still to be applied.
    mutating func mustApply(_ time: Int64) -> Bool {
        if applied.remove(time) != nil { return false }
        early.insert(time)
        return true
    }
}

/// The acknowledgements that an instance has given since its last heartbeat, which repeats them in case one was lost.
/// Pure. They are cumulative, so that repeating them says nothing new.
struct RepeatedAcknowledgements: Sendable {
    private var given: [String: Int64] = [:]

    /// Notes an acknowledgement to the sender of an announcement.
    mutating func note(_ time: Int64, to sender: String) { given[sender] = max(given[sender] ?? time, time) }

    /// - Returns: the latest to each sender, in the order of their names. None of them is repeated again.
    mutating func take() -> [(sender: String, time: Int64)] {
        defer { given = [:] }
        return given.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}
