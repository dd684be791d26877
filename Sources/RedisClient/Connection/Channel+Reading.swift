import CHiredis
import Support

/// Takes the replies of a subscribed connection, on the loop's thread.
protocol PushReceiver: AnyObject, Sendable {
    /// Takes messages, at least one. What is left of the array is emptied afterwards and filled again.
    func receive(_ messages: [RedisMessage])
    /// Takes everything else, after the messages that came before it.
    func receive(_ reply: PushedReply)
    /// Everything that one socket read brought has been received.
    func endOfRead()
}

extension Channel {
    /// Hands everything from now on to a subscriber. On the loop's thread, with no command pending.
    func startPushing(to receiver: any PushReceiver) {
        builder.pointee.isPushing = true
        pushReceiver = receiver
    }

    /// Reads once (16 KB at most) and hands out every complete reply: copied first, matched under one lock, resumed
    /// outside it.
    func read() {
        guard let context else { return }
        guard redisBufferRead(context) == REDIS_OK else { return endAsContextSays() }
        let isIntact = pushReceiver.map { parsePushes(context, $0) } ?? parse(context)
        if !builder.pointee.replies.isEmpty { matchReplies() }
        if !isIntact { return endAsContextSays() }
        // Whoever got a reply may have ended the channel.
        if self.context != nil, let excess = excessOfUnparsed(context) { endForExcess(excess) }
    }

    /// Why what has come of a reply that is not complete is too much, without looking into it: a string is parsed only when
    /// all of it is there, and a line is searched for its end from its beginning at each read.
    private func excessOfUnparsed(_ context: UnsafeMutablePointer<redisContext>) -> String? {
        let reader = context.pointee.reader.pointee
        let count = Int(reader.len) - Int(reader.pos)
        let limits = builder.pointee.limits
        if count > limits.size { return "it is larger than \(limits.size) bytes" }
        guard count > RedisReplyLimits.longestLine, let start = reader.buf else { return nil }
        // A string's length is a line of its own; 32 bytes hold any.
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

    /// Whether the reply that the parser has finished is one that the builder knows. The parser of hiredis 1.x also takes
    /// parts that only RESP3 has, which nobody asked for.
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
        // What is received may make its receiver end the channel.
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
        // Out of the builder meanwhile, and back: its memory is used again unless the receiver has kept it.
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
            // What has started the watch does not prolong it: a command now and then costs one look.
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

    /// Ends the channel for the reason that the C library gives.
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

    /// A write has failed. What the server said before it hung up comes first.
    func endAfterFailedWrite(_ number: Int32) {
        read()
        end(RedisError(.connectionLost, "the connection was lost", endpoint: endpoint, underlying: systemText(number)))
    }
}
