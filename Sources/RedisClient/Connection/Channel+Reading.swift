import CHiredis

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
        if !isIntact { endAsContextSays() }
    }

    /// - Returns: whether the bytes were valid.
    private func parse(_ context: UnsafeMutablePointer<redisContext>) -> Bool {
        var object: UnsafeMutableRawPointer?
        repeat {
            guard redisGetReplyFromReader(context, &object) == REDIS_OK else { return false }
        } while object != nil
        return true
    }

    private func parsePushes(_ context: UnsafeMutablePointer<redisContext>, _ receiver: any PushReceiver) -> Bool {
        var isIntact = true
        var object: UnsafeMutableRawPointer?
        // What is received may make its receiver end the channel.
        while pushReceiver != nil {
            isIntact = redisGetReplyFromReader(context, &object) == REDIS_OK
            guard isIntact, object != nil else { break }
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
