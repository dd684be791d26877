import CHiredis

/// Takes the replies of a subscribed connection, on the loop's thread.
protocol PushReceiver: AnyObject, Sendable {
    func receive(_ reply: consuming PushedReply)
    /// Everything that one socket read brought has been received.
    func endOfRead()
}

extension Channel {
    /// Hands everything from now on to a subscriber. On the loop's thread, with no command pending.
    func startPushing(to receiver: any PushReceiver) {
        builder.pushAssembler = PushAssembler()
        pushReceiver = receiver
    }

    /// Reads once (16 KB at most) and hands out every complete reply: copied first, matched under one lock, resumed
    /// outside it.
    func read() {
        guard let context else { return }
        guard redisBufferRead(context) == REDIS_OK else { return endAsContextSays() }
        let isIntact = pushReceiver.map { parsePushes(context, $0) } ?? parse(context)
        if !builder.replies.isEmpty { matchReplies() }
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
        guard let assembler = builder.pushAssembler else { return true }
        defer { receiver.endOfRead() }
        var object: UnsafeMutableRawPointer?
        while true {
            guard redisGetReplyFromReader(context, &object) == REDIS_OK else { return false }
            guard object != nil else { return true }
            receiver.receive(assembler.finish())
            // What was received may have made its receiver end the channel.
            if self.context == nil { return true }
        }
    }

    private func matchReplies() {
        let allMatched = state.withLock { state in
            let allMatched = state.queue.receive(&builder.replies, into: &completed)
            state.expectsMore = completed.count > 1
            return allMatched
        }
        builder.replies.removeAll(keepingCapacity: true)
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
            case .single(let continuation): continuation.resume(returning: entry.value)
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
