/// What an instance has to apply before it is valid again, after a loss of which the bus has kept everything. Pure.
///
/// Everything that was announced while the instance was away follows. When it has applied everything up to the time of
/// a heartbeat that it sent after its return, each of its layers has obeyed what it would have obeyed without the loss.
struct CatchUp: Sendable {
    struct Goal: Hashable, Sendable {
        /// The logical time in the answer to the heartbeat that followed the return.
        let time: Int64
        /// When that heartbeat was sent.
        let sent: Int64
        /// How often the connection had been lost then.
        let losses: Int
    }

    private var goal: Goal?

    /// Whether something is still to be applied.
    var isUnderWay: Bool { goal != nil }

    mutating func begin(_ goal: Goal) { self.goal = goal }

    /// The connection was lost again, or the lease was taken as after a loss of announcements.
    mutating func abandon() { goal = nil }

    /// Whether everything up to the goal has been applied.
    func isReached(by applied: Int64) -> Bool { goal.map { applied >= $0.time } ?? false }

    /// - Returns: the goal, once, if everything up to it has been applied.
    mutating func reached(by applied: Int64) -> Goal? {
        guard isReached(by: applied) else { return nil }
        defer { goal = nil }
        return goal
    }

    /// - Returns: the goal, once, if it was set longer ago than `limit` nanoseconds.
    mutating func expired(at now: Int64, after limit: Int64) -> Goal? {
        guard let goal, now > goal.sent + limit else { return nil }
        self.goal = nil
        return goal
    }
}
