import Support

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// `send(2)` that reports a closed connection instead of raising SIGPIPE. On Darwin a socket option has this effect.
private func sendWithoutSignal(_ descriptor: Int32, _ start: UnsafeMutablePointer<UInt8>, _ count: Int) -> Int {
    #if canImport(Darwin)
        send(descriptor, start, count, 0)
    #else
        send(descriptor, start, count, Int32(MSG_NOSIGNAL))
    #endif
}

extension Channel {
    /// The number of bytes from which a write does not wait for more. Smaller writes would cost more system calls,
    /// and wake the server more often.
    private static let worthWriting = 8 << 10

    /// What a submission leaves to do outside the lock.
    private enum FollowUp {
        case nothing
        case write(UnsafeMutablePointer<UInt8>, Int)
        case flushThisRound
        case flushSoon
    }

    /// Encodes and queues commands under one lock. Then it writes, or schedules a write.
    ///
    /// - Parameters:
    ///   - completion: receives the replies. `nil` for the commands of a subscriber, whose replies are not matched.
    ///   - replies: the number of replies.
    ///   - limit: the time limit in nanoseconds.
    ///   - ticket: identifies a batch for its cancellation.
    ///   - encode: appends the commands to the output.
    /// - Returns: where the caller of a single command must wait, if the loop does not watch the queue.
    /// - Throws: the reason why nothing was queued.
    @inline(__always)
    func submit(
        _ completion: PendingReply.Completion?,
        replies: Int,
        limit: UInt64,
        ticket: UInt64,
        _ encode: (inout OutputBuffer) -> Void
    ) throws(RedisError) -> LateReply? {
        let deadline = limit == MonotonicTime.never ? limit : MonotonicTime.after(MonotonicTime.coarse(), limit)
        var mustArm = false
        var late: LateReply?
        let onLoop = loop.isCurrent
        let followUp = try state.withLock { state throws(RedisError) -> FollowUp in
            if let ended = state.ended { throw refusal(after: ended) }
            // The task state is read under the lock, so a later cancellation finds the entry in the queue.
            if Task.isCancelled, completion != nil {
                throw RedisError(.cancelled, "the task was cancelled before sending", endpoint: endpoint)
            }
            let wasIdle = state.queue.isEmpty
            let lengthBefore = state.output.count
            encode(&state.output)
            let before = state.queued
            state.queued += UInt64(state.output.count - lengthBefore)
            if let completion {
                var entry = PendingReply(
                    completion: completion, missing: replies, deadline: deadline, ticket: ticket,
                    round: state.watchRound, executableFrom: state.queued)
                switch completion {
                case .single where !state.isWatched:
                    let reply = LateReply(ticket: nextTicket())
                    entry.completion = .late(reply)
                    entry.ticket = reply.ticket
                    late = reply
                // The server may execute the first command of a batch before the last is sent.
                case .batch: entry.executableFrom = before + 1
                default: break
                }
                state.queue.append(entry)
                if deadline < state.sweepAt {
                    state.sweepAt = deadline
                    mustArm = true
                }
            }
            if state.isWriting { return .nothing }
            if state.isFlushScheduled {
                // The server starts with these commands while the next ones are encoded.
                if onLoop || state.output.count < Self.worthWriting { return .nothing }
            } else if onLoop {
                state.isFlushScheduled = true
                return .flushThisRound
            }
            if state.isFlushScheduled || !state.mayWaitForMore(wasIdle: wasIdle) {
                state.isWriting = true
                swap(&state.output, &state.spare)
                return .write(state.spare.start, state.spare.count)
            }
            state.isFlushScheduled = true
            return .flushSoon
        }
        if mustArm { arm(at: deadline) }
        switch followUp {
        case .nothing: break
        case .write(let start, let count): write(start, count)
        case .flushThisRound: loop.markDirty(self)
        case .flushSoon: Task.detached { self.flush() }
        }
        return late
    }

    /// Writes the queued commands, unless another writer is active and will write them.
    func flush() {
        let next: (UnsafeMutablePointer<UInt8>, Int)? = state.withLock { state in
            state.isFlushScheduled = false
            guard !state.isWriting, state.ended == nil, state.output.count > 0 else { return nil }
            state.isWriting = true
            swap(&state.output, &state.spare)
            return (state.spare.start, state.spare.count)
        }
        if let next { write(next.0, next.1) }
    }

    /// Continues to write after the socket has become writable.
    func resumeWriting() {
        let next: (UnsafeMutablePointer<UInt8>, Int)? = state.withLock { state in
            loop.poller.watchWriting(false, descriptor, token: token)
            guard state.isParked, state.ended == nil else { return nil }
            state.isParked = false
            return (state.spare.start + state.spareOffset, state.spare.count - state.spareOffset)
        }
        if let next { write(next.0, next.1) }
    }

    /// Writes until all is written or the socket is full. The caller owns `spare`.
    private func write(_ first: UnsafeMutablePointer<UInt8>, _ length: Int) {
        var (start, count) = (first, length)
        while true {
            let taken = sendWithoutSignal(descriptor, start, count)
            let failure = taken < 0 ? errno : 0
            if failure == EINTR { continue }
            var mustRelease = false
            let hasMore: Bool = state.withLock { state in
                if taken > 0 {
                    state.sent += UInt64(taken)
                    state.spareOffset += taken
                }
                if state.ended != nil {
                    state.isWriting = false
                    mustRelease = state.isReleasedByWriter
                    return false
                }
                if failure != 0 {
                    // The socket is full or broken. A broken socket stays parked until the loop ends it, so that no
                    // other thread writes.
                    state.isParked = true
                    // This runs under the lock, so the descriptor cannot belong to another socket.
                    if failure == EAGAIN || failure == EWOULDBLOCK {
                        loop.poller.watchWriting(true, descriptor, token: token)
                    }
                    return false
                }
                if state.spareOffset == state.spare.count {
                    state.spare.clear()
                    state.spareOffset = 0
                    guard state.output.count > 0 else {
                        state.isWriting = false
                        return false
                    }
                    swap(&state.output, &state.spare)
                }
                start = state.spare.start + state.spareOffset
                count = state.spare.count - state.spareOffset
                return true
            }
            if mustRelease { loop.execute { self.release() } }
            if failure != 0, failure != EAGAIN, failure != EWOULDBLOCK, !mustRelease {
                loop.execute { self.endAfterFailedWrite(failure) }
            }
            if !hasMore { return }
        }
    }

    private func refusal(after ended: RedisError) -> RedisError {
        var error = ended
        error.outcomeUnknown = false
        return error
    }
}

extension Channel.State {
    /// Whether a command may lie unwritten until others have come. The watch sees to it that it does not lie for longer
    /// than the rest of a round, so without a watch there is no waiting.
    /// - Parameter wasIdle: no command before it waits for a reply.
    @inline(__always)
    func mayWaitForMore(wasIdle: Bool) -> Bool {
        isWatched && (!wasIdle || expectsMore)
    }
}
