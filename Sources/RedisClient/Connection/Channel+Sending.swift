import Support
import Synchronization

extension Channel {
    /// Sends one command and waits for its reply. Throws an error reply.
    ///
    /// - Parameter limit: the time limit in nanoseconds.
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

    /// Sends a batch as one entry of the reply queue. Error replies are values.
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

    /// Queues a batch. Its callback gets every outcome.
    func submitBatch(_ batch: ReplyBatch, _ commands: [RedisCommand], limit: UInt64, ticket: UInt64 = 0) {
        do throws(RedisError) {
            _ = try submit(.batch(batch), replies: commands.count, limit: limit, ticket: ticket) { output in
                for command in commands { output.append(command) }
            }
        } catch {
            batch.fail(error)
        }
    }

    /// Queues a command whose replies go to the push receiver. No effect once the channel has ended.
    func post(_ command: RedisCommand) {
        _ = try? submit(nil, replies: 0, limit: MonotonicTime.never, ticket: 0) { $0.append(command) }
    }

    /// Cancels a command: its caller gets an error at once, and the channel discards its later reply.
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

extension Channel {
    /// Returns the identifier of the server's process (`run_id` of `INFO server`). It asks once, because a connection
    /// ends with the process.
    ///
    /// - Throws: ``RedisError``; `protocolError` if the reply has no identifier.
    nonisolated(nonsending) func serverName(limit: UInt64) async throws -> String {
        if let name = knownServerName.withLock({ $0 }) { return name }
        let information = try await send(RedisCommand("INFO", "server"), limit: limit)
        guard let name = Self.serverName(in: information.string ?? "") else {
            throw RedisError(
                .protocolError, "the server does not report the identifier of its process (run_id)", endpoint: endpoint)
        }
        knownServerName.withLock { $0 = name }
        return name
    }

    /// - Returns: `nil` if there is no identifier, or an invalid one.
    static func serverName(in information: String) -> String? {
        let field = "run_id:"
        guard let line = information.split(whereSeparator: \.isNewline).first(where: { $0.hasPrefix(field) }) else {
            return nil
        }
        let name = line.dropFirst(field.count)
        return (1...128).contains(name.utf8.count) && name.allSatisfy(\.isHexDigit) ? String(name) : nil
    }
}
