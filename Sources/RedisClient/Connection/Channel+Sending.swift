extension Channel {
    /// Sends one command and waits for its reply; an error reply is thrown.
    /// - Parameter limit: nanoseconds.
    @inline(__always)
    nonisolated(nonsending) func send(_ command: RedisCommand, limit: UInt64) async throws -> RedisValue {
        guard command.count > 0 else { throw Self.emptyCommand(endpoint) }
        let ticket = tickets.wrappingAdd(1, ordering: .relaxed).newValue
        let value = try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { continuation in
                let refusal = submit(
                    .single(continuation), replies: 1, limit: limit, ticket: ticket, isBatch: false
                ) { $0.append(command) }
                if let refusal { continuation.resume(throwing: refusal) }
            }
        } onCancel: {
            cancel(ticket)
        }
        if case .error(let line) = value { throw RedisError.server(line, endpoint: endpoint) }
        return value
    }

    /// Sends a batch as one entry of the reply queue. Error replies stay values.
    nonisolated(nonsending) func pipeline(_ commands: [RedisCommand], limit: UInt64) async throws -> [RedisValue] {
        guard !commands.isEmpty else { return [] }
        guard commands.allSatisfy({ $0.count > 0 }) else { throw Self.emptyCommand(endpoint) }
        let ticket = tickets.wrappingAdd(1, ordering: .relaxed).newValue
        return try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { (continuation: UnsafeContinuation<[RedisValue], any Error>) in
                let batch = ReplyBatch { outcome in
                    switch outcome {
                    case .success(let values): continuation.resume(returning: values)
                    case .failure(let error): continuation.resume(throwing: error)
                    }
                }
                submitBatch(batch, commands, limit: limit, ticket: ticket)
            }
        } onCancel: {
            cancel(ticket)
        }
    }

    /// Queues a batch; every outcome reaches it through its callback.
    func submitBatch(_ batch: ReplyBatch, _ commands: [RedisCommand], limit: UInt64, ticket: UInt64 = 0) {
        let refusal = submit(
            .batch(batch), replies: commands.count, limit: limit, ticket: ticket, isBatch: true
        ) { output in
            for command in commands { output.append(command) }
        }
        if let refusal { batch.fail(refusal) }
    }

    /// Queues a command whose replies go to the push receiver. Does nothing once the channel is over.
    func post(_ command: RedisCommand) {
        _ = submit(nil, replies: 0, limit: MonotonicTime.never, ticket: 0, isBatch: false) { $0.append(command) }
    }

    /// Abandons a command: its caller is told at once, its reply thrown away when it comes.
    private func cancel(_ ticket: UInt64) {
        let deadline = tombstoneDeadline(now: MonotonicTime.coarse())
        let completion = state.withLock { $0.queue.discard(ticket: ticket, tombstoneDeadline: deadline) }
        completion?.fail(
            RedisError(
                .cancelled, "the task was cancelled while the command was pending", outcomeUnknown: true,
                endpoint: endpoint))
    }

    private static func emptyCommand(_ endpoint: RedisEndpoint) -> RedisError {
        RedisError(.protocolError, "a command needs at least a name", endpoint: endpoint)
    }
}
