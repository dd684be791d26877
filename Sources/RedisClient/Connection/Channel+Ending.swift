import CHiredis
import Support

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

extension Channel {
    /// Ends the channel: fails all pending commands, closes the socket and calls `onEnd`. Runs on the loop's thread.
    /// A second call has no effect.
    func end(_ error: RedisError) {
        var isWriterBusy = false
        var pending: [(completion: PendingReply.Completion, outcomeUnknown: Bool)] = []
        let isFirst = state.withLock { state in
            guard state.ended == nil else { return false }
            state.ended = error
            pending = state.queue.drain(sent: state.possiblySent)
            isWriterBusy = state.isWriting && !state.isParked
            // A descriptor that a writer still uses must not be closed: another socket could get its number.
            state.isReleasedByWriter = isWriterBusy
            return true
        }
        guard isFirst else { return }
        if let sweepTimer { loop.cancelTimer(sweepTimer) }
        loop.deregister(descriptor: descriptor)
        if isWriterBusy { shutdown(descriptor, Int32(SHUT_RDWR)) } else { release() }
        for (completion, outcomeUnknown) in pending {
            var failure = error
            failure.outcomeUnknown = outcomeUnknown
            completion.fail(failure)
        }
        let (connect, end) = (onConnect, onEnd)
        onConnect = nil
        onEnd = nil
        pushReceiver = nil
        connect?(error)
        end?(error)
    }

    /// Closes the socket and frees the parser.
    func release() {
        if let context { redisFree(context) }
        context = nil
    }

    /// Ends the channel from any thread. Returns once the socket is closed.
    func close() async {
        await withCheckedContinuation { continuation in
            loop.execute {
                self.endForClosing()
                continuation.resume()
            }
        }
    }

    /// Ends the channel for its owner. Runs on the loop's thread.
    func endForClosing() {
        end(RedisError(.closed, "the connection was closed", endpoint: endpoint))
    }

    // MARK: Time limits
    //
    // Timers retain the channel, as the loop does until the channel ends. After a weak reference every retain and
    // release would be slower.

    /// Makes the loop examine overdue commands at `deadline`.
    func arm(at deadline: UInt64) {
        loop.execute {
            guard self.isOpen else { return }
            if let timer = self.sweepTimer { self.loop.cancelTimer(timer) }
            self.sweepTimer = self.loop.schedule(at: deadline) { self.sweep() }
        }
    }

    /// Fails overdue commands. The timer continues while there are commands, so that a send need not wake the loop.
    ///
    /// A process that stood still may find the deadline past and the reply in the socket: the reply was in time.
    private func sweep() {
        sweepTimer = nil
        let now = MonotonicTime.coarse()
        readWhatHasCome()
        guard context != nil else { return }
        let expired = state.withLock { state in
            let expired = state.queue.expire(now: now, tombstoneDeadline: tombstoneDeadline(now: now))
            state.sweepAt = expired.nextDeadline
            return expired
        }
        for completion in expired.completions {
            completion.fail(
                RedisError(
                    .commandTimedOut, "the server did not answer in time", outcomeUnknown: true, endpoint: endpoint))
        }
        if expired.isHanging {
            end(RedisError(.connectionLost, "the server has stopped answering", endpoint: endpoint))
        } else if expired.nextDeadline != MonotonicTime.never {
            // At least one millisecond later: the coarse clock can be a tick behind the timer's clock.
            sweepTimer = loop.schedule(at: max(expired.nextDeadline, MonotonicTime.now() + 1_000_000)) { self.sweep() }
        }
    }

    /// The time at which an unanswered abandoned command ends the connection.
    func tombstoneDeadline(now: UInt64) -> UInt64 {
        let (limit, overflow) = commandLimit.multipliedReportingOverflow(by: 3)
        return overflow ? MonotonicTime.never : MonotonicTime.after(now, limit)
    }
}
