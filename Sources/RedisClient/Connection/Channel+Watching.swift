import Support

/// The handling of cancellations. A cancellation handler costs as much as the rest of a command, so a command with a
/// fast reply has none. While replies arrive, the loop examines the queue every two milliseconds. A caller that still
/// waits after two to four milliseconds then installs a handler. While the loop does not watch the queue, each
/// command installs one from the start.
///
/// The watch also writes what waits for a flush. A flush is a task, and the threads that all tasks share may be busy
/// with something else for longer than a command may take.
///
/// Only the loop's thread starts and ends the watch, so a command does not wake the loop for it.
extension Channel {
    private static let watchInterval: UInt64 = 2_000_000

    /// Starts the watch. Runs on the loop's thread, while there is no watch.
    func startWatching() {
        _ = loop.schedule(at: MonotonicTime.now() + Self.watchInterval) { self.watch() }
    }

    private func watch() {
        var overdue: [(caller: PendingReply.Caller, reply: LateReply)] = []
        var mustFlush = false
        let goesOn = state.withLock { state in
            state.queue.takeUnready(askedBefore: state.watchRound, into: &overdue) {
                LateReply(ticket: nextTicket())
            }
            state.watchRound += 1
            state.isWatched = state.ended == nil && (state.hasReadInRound || state.queue.hasUnready)
            state.hasReadInRound = false
            mustFlush = state.isFlushScheduled
            return state.isWatched
        }
        if mustFlush { flush() }
        for (caller, reply) in overdue { caller.resume(returning: .late(reply)) }
        if goesOn { startWatching() }
    }

    /// Waits for a reply that did not arrive soon, with a cancellation handler.
    nonisolated(nonsending) func wait(for reply: LateReply) async throws -> RedisValue {
        try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { reply.wait($0) }
        } onCancel: {
            cancel(reply.ticket)
        }
    }
}
