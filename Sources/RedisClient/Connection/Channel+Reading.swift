import CHiredis
import Support

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Receives the replies of a subscribed connection, on the loop's thread.
protocol PushReceiver: AnyObject, Sendable {
    /// Receives messages, at least one. The channel reuses the array unless the receiver keeps it.
    func receive(_ messages: [RedisMessage])
    /// Receives any other reply, after the messages before it.
    func receive(_ reply: PushedReply)
    /// Called after all data of one socket read.
    func endOfRead()
}

extension Channel {
    /// Passes all later replies to a subscriber. Runs on the loop's thread, while no command is pending.
    func startPushing(to receiver: any PushReceiver) {
        builder.pointee.isPushing = true
        pushReceiver = receiver
    }

    /// Reads at most 16 KB once and handles every complete reply. It copies the replies first, matches them under one
    /// lock, and resumes the callers outside of it.
    func read() {
        guard let context else { return }
        guard redisBufferRead(context) == REDIS_OK else { return endAsContextSays() }
        let isIntact = pushReceiver.map { parsePushes(context, $0) } ?? parse(context)
        if !builder.pointee.replies.isEmpty { matchReplies() }
        if !isIntact { return endAsContextSays() }
        // A caller with a reply may have ended the channel.
        if self.context != nil, let excess = excessOfUnparsed(context) { endForExcess(excess) }
    }

    /// Reads the bytes that are in the socket now, and none that arrive meanwhile: a server that never stops sending
    /// does not keep the loop. On the loop's thread.
    func readWhatHasCome() {
        guard context != nil else { return }
        var rest = unreadBytes
        while rest > 0, context != nil {
            read()
            rest -= Self.bytesOfOneRead
        }
    }

    /// What hiredis reads in one go.
    private static let bytesOfOneRead = 16 << 10

    /// How many bytes lie in the socket. The socket must be open.
    var unreadBytes: Int {
        var count: Int32 = 0
        #if canImport(Darwin)
            var size = socklen_t(MemoryLayout<Int32>.size)
            guard getsockopt(descriptor, SOL_SOCKET, SO_NREAD, &count, &size) == 0 else { return 0 }
        #else
            guard ioctl(descriptor, UInt(FIONREAD), &count) == 0 else { return 0 }
        #endif
        return Int(count)
    }

    /// The reason why the incomplete reply is too large, or nil.
    ///
    /// It does not parse: the parser waits for a complete string, and it searches a line for its end from the
    /// beginning at each read.
    private func excessOfUnparsed(_ context: UnsafeMutablePointer<redisContext>) -> String? {
        let reader = context.pointee.reader.pointee
        let count = Int(reader.len) - Int(reader.pos)
        let limits = builder.pointee.limits
        if count > limits.size { return "it is larger than \(limits.size) bytes" }
        guard count > RedisReplyLimits.longestLine, let start = reader.buf else { return nil }
        // The length of a string is a line of its own, and 32 bytes hold every length.
        let head = UnsafeRawBufferPointer(start: start + Int(reader.pos), count: 32)
        let hasLineEnd = head.indices.dropFirst().contains { head[$0 - 1] == 13 && head[$0] == 10 }
        return hasLineEnd ? nil : "it has a line of more than \(RedisReplyLimits.longestLine) bytes"
    }

    private func endForExcess(_ excess: String) {
        end(
            RedisError(
                .replyTooLarge, "the server's reply is too large, and the connection is closed", outcomeUnknown: true,
                endpoint: endpoint, underlying: excess))
    }

    /// - Returns: whether the bytes were valid.
    private func parse(_ context: UnsafeMutablePointer<redisContext>) -> Bool {
        var object: UnsafeMutableRawPointer?
        while true {
            guard redisGetReplyFromReader(context, &object) == REDIS_OK else { return false }
            if object == nil { return true }
            guard isWhole(context) else { return false }
        }
    }

    /// Whether the builder knows the reply that the parser has finished.
    ///
    /// The parser of hiredis 1.x also accepts the types of RESP3, which the client does not use.
    private func isWhole(_ context: UnsafeMutablePointer<redisContext>) -> Bool {
        guard builder.pointee.isComplete else {
            context.pointee.err = REDIS_ERR_PROTOCOL
            return false
        }
        builder.pointee.beginReply()
        return true
    }

    private func parsePushes(_ context: UnsafeMutablePointer<redisContext>, _ receiver: any PushReceiver) -> Bool {
        var isIntact = true
        var object: UnsafeMutableRawPointer?
        // The receiver can end the channel.
        while pushReceiver != nil {
            isIntact = redisGetReplyFromReader(context, &object) == REDIS_OK
            guard isIntact, object != nil else { break }
            builder.pointee.beginReply()
            guard let reply = builder.pointee.pushes.finish() else { continue }
            handOut(to: receiver)
            if pushReceiver != nil { receiver.receive(reply) }
        }
        handOut(to: receiver)
        receiver.endOfRead()
        return isIntact
    }

    private func handOut(to receiver: any PushReceiver) {
        guard !builder.pointee.pushes.messages.isEmpty else { return }
        // The swaps lend the array to the receiver. The builder reuses its memory unless the receiver keeps it.
        var messages: [RedisMessage] = []
        swap(&messages, &builder.pointee.pushes.messages)
        receiver.receive(messages)
        messages.removeAll(keepingCapacity: true)
        swap(&messages, &builder.pointee.pushes.messages)
    }

    private func matchReplies() {
        var mustWatch = false
        let allMatched = state.withLock { state in
            let allMatched = state.queue.receive(&builder.pointee.replies, into: &completed)
            state.expectsMore = completed.count > 1
            mustWatch = !state.isWatched
            state.isWatched = true
            // The read that starts the watch does not prolong it, so that a rare command costs one examination.
            state.hasReadInRound = !mustWatch
            return allMatched
        }
        builder.pointee.replies.removeAll(keepingCapacity: true)
        if mustWatch { startWatching() }
        resumeCompleted()
        if !allMatched {
            end(
                RedisError(
                    .protocolError, "the server sent a reply that no command asked for", outcomeUnknown: true,
                    endpoint: endpoint))
        }
    }

    private func resumeCompleted() {
        for entry in completed {
            switch entry.completion {
            case .discarded: break
            case .single(let caller): caller.resume(returning: .value(entry.value))
            case .late(let reply): reply.settle(.success(entry.value))
            case .batch(let batch): batch.succeed()
            }
        }
        completed.removeAll(keepingCapacity: true)
    }

    /// Ends the channel with the error of the C library.
    private func endAsContextSays() {
        guard let context else { return }
        if let excess = builder.pointee.excess { return endForExcess(excess) }
        let text = withUnsafeBytes(of: &context.pointee.errstr) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        if context.pointee.err == REDIS_ERR_PROTOCOL {
            end(RedisError(.protocolError, "the server's reply is not valid", endpoint: endpoint, underlying: text))
        } else {
            end(RedisError(.connectionLost, "the connection was lost", endpoint: endpoint, underlying: text))
        }
    }

    /// Handles a failed write. It first reads what the server sent before it closed the connection.
    func endAfterFailedWrite(_ number: Int32) {
        read()
        end(RedisError(.connectionLost, "the connection was lost", endpoint: endpoint, underlying: systemText(number)))
    }
}
