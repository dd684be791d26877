import CHiredis
import Support

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

extension Channel {
    /// Ends the channel: fails everything pending, closes the socket, tells the owner. On the loop's thread; harmless
    /// when repeated.
    func end(_ error: RedisError) {
        var isWriterBusy = false
        var pending: [(completion: PendingReply.Completion, outcomeUnknown: Bool)] = []
        let isFirst = state.withLock { state in
            guard state.ended == nil else { return false }
            state.ended = error
            pending = state.queue.drain(sent: state.possiblySent)
            isWriterBusy = state.isWriting && !state.isParked
            // A number that a writer is still using must not be closed: it could be another socket's a moment later.
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

    /// Ends the channel from any thread and returns once the socket is closed.
    func close() async {
        await withCheckedContinuation { continuation in
            loop.execute {
                self.endForClosing()
                continuation.resume()
            }
        }
    }

    /// Ends the channel because its owner wants it so. On the loop's thread.
    func endForClosing() {
        end(RedisError(.closed, "the connection was closed", endpoint: endpoint))
    }

    // MARK: Time limits
    //
    // Timers hold the channel, as the loop does anyway until the channel ends. A weak reference would make every
    // counting of references slower from then on.

    /// Makes the loop look for overdue commands at `deadline`.
    func arm(at deadline: UInt64) {
        loop.execute {
            guard self.isOpen else { return }
            if let timer = self.sweepTimer { self.loop.cancelTimer(timer) }
            self.sweepTimer = self.loop.schedule(at: deadline) { self.sweep() }
        }
    }

    /// Fails what is out of time. The timer runs on while there are commands, so that a send need not wake the loop.
    private func sweep() {
        sweepTimer = nil
        let now = MonotonicTime.coarse()
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
            // At least a millisecond away: the coarse clock may lag behind the timer's by a tick.
            sweepTimer = loop.schedule(at: max(expired.nextDeadline, MonotonicTime.now() + 1_000_000)) { self.sweep() }
        }
    }

    /// When to give up a connection on which an abandoned command is still unanswered.
    func tombstoneDeadline(now: UInt64) -> UInt64 {
        let (limit, overflow) = commandLimit.multipliedReportingOverflow(by: 3)
        return overflow ? MonotonicTime.never : MonotonicTime.after(now, limit)
    }
}
