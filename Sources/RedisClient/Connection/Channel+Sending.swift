import Support
import Synchronization

extension Channel {
    /// Sends one command and waits for its reply; an error reply is thrown.
    /// - Parameter limit: nanoseconds.
    @inline(__always)
    nonisolated(nonsending) func send(_ command: RedisCommand, limit: UInt64) async throws -> RedisValue {
        guard command.count > 0 else { throw Self.emptyCommand(endpoint) }
        let answer = try await withUnsafeThrowingContinuation { (caller: PendingReply.Caller) in
            do throws(RedisError) {
                let late = try submit(.single(caller), replies: 1, limit: limit, ticket: 0) { $0.append(command) }
                if let late { caller.resume(returning: .late(late)) }
            } catch {
                caller.resume(throwing: error)
            }
        }
        let value =
            switch answer {
            case .value(let value): value
            case .late(let reply): try await wait(for: reply)
            }
        if case .error(let line) = value { throw RedisError.server(line, endpoint: endpoint) }
        return value
    }

    /// Sends a batch as one entry of the reply queue. Error replies stay values.
    nonisolated(nonsending) func pipeline(_ commands: [RedisCommand], limit: UInt64) async throws -> [RedisValue] {
        guard !commands.isEmpty else { return [] }
        guard commands.allSatisfy({ $0.count > 0 }) else { throw Self.emptyCommand(endpoint) }
        let ticket = nextTicket()
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
        do throws(RedisError) {
            _ = try submit(.batch(batch), replies: commands.count, limit: limit, ticket: ticket) { output in
                for command in commands { output.append(command) }
            }
        } catch {
            batch.fail(error)
        }
    }

    /// Queues a command whose replies go to the push receiver. Does nothing once the channel is over.
    func post(_ command: RedisCommand) {
        _ = try? submit(nil, replies: 0, limit: MonotonicTime.never, ticket: 0) { $0.append(command) }
    }

    /// Abandons a command: its caller is told at once, its reply thrown away when it comes.
    func cancel(_ ticket: UInt64) {
        let deadline = tombstoneDeadline(now: MonotonicTime.coarse())
        let completion = state.withLock { $0.queue.discard(ticket: ticket, tombstoneDeadline: deadline) }
        completion?.fail(
            RedisError(
                .cancelled, "the task was cancelled while the command was pending", outcomeUnknown: true,
                endpoint: endpoint))
    }

    func nextTicket() -> UInt64 { tickets.wrappingAdd(1, ordering: .relaxed).newValue }

    private static func emptyCommand(_ endpoint: RedisEndpoint) -> RedisError {
        RedisError(.protocolError, "a command needs at least a name", endpoint: endpoint)
    }
}
