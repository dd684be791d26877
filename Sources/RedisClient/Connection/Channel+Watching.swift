import Support

/// To be ready for a cancellation costs as much as the rest of a command, so a command that is answered soon is sent
/// without. While replies come in, the loop watches the queue: who still waits after two to four milliseconds is told
/// so, and goes on waiting ready to be cancelled. While nobody watches, commands are sent ready from the start.
///
/// Nothing but the loop's thread starts or ends the watch, so a command never wakes it for that.
extension Channel {
    private static let watchInterval: UInt64 = 2_000_000

    /// Watches from now on. On the loop's thread, with no watch under way.
    func startWatching() {
        _ = loop.schedule(at: MonotonicTime.now() + Self.watchInterval) { self.watch() }
    }

    private func watch() {
        var overdue: [(caller: PendingReply.Caller, reply: LateReply)] = []
        let goesOn = state.withLock { state in
            state.queue.takeUnready(askedBefore: state.watchRound, into: &overdue) {
                LateReply(ticket: nextTicket())
            }
            state.watchRound += 1
            state.isWatched = state.ended == nil && (state.hasReadInRound || state.queue.hasUnready)
            state.hasReadInRound = false
            return state.isWatched
        }
        for (caller, reply) in overdue { caller.resume(returning: .late(reply)) }
        if goesOn { startWatching() }
    }

    /// Waits for a reply that did not come soon.
    nonisolated(nonsending) func wait(for reply: LateReply) async throws -> RedisValue {
        try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { reply.wait($0) }
        } onCancel: {
            cancel(reply.ticket)
        }
    }
}
