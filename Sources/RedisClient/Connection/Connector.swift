import CHiredis

/// Opens one connection: resolves the host, connects, and sends the handshake, within one time limit.
///
/// It runs on the loop's thread. Any thread may call `start` and `cancel`. The completion is called exactly once, on
/// the loop's thread. A cancellation before the start has no effect.
final class Connector: @unchecked Sendable {
    // @unchecked Sendable: only the loop's thread uses the state that changes.
    typealias Completion = @Sendable (Result<Channel, RedisError>) -> Void

    private let configuration: RedisConfiguration
    private let loop: RedisEventLoop
    private nonisolated(unsafe) var completion: Completion?  // The loop's thread only.
    private nonisolated(unsafe) var addresses: [String] = []  // The loop's thread only.
    private nonisolated(unsafe) var channel: Channel?  // The loop's thread only.
    private nonisolated(unsafe) var timer: TimerHeap<Void>.Identifier?  // The loop's thread only.

    init(_ configuration: RedisConfiguration, loop: RedisEventLoop) {
        self.configuration = configuration
        self.loop = loop
    }

    /// Starts to connect. Call it once.
    func start(_ completion: @escaping Completion) {
        loop.execute {
            self.completion = completion
            self.begin()
        }
    }

    /// Cancels the attempt. The completion gets the error. No effect after the completion.
    func cancel(_ error: RedisError) {
        loop.execute { self.finish(.failure(error)) }
    }

    private func begin() {
        let deadline = MonotonicTime.after(MonotonicTime.now(), configuration.connectTimeout.nanoseconds)
        if deadline != MonotonicTime.never {
            timer = loop.schedule(at: deadline) { self.timeOut() }
        }
        guard case .tcp(let host, _) = configuration.endpoint, !NameResolution.isNumeric(host) else {
            if case .tcp(let host, _) = configuration.endpoint { addresses = [host] }
            return tryNext()
        }
        NameResolution.resolve(host) { outcome in
            self.loop.execute {
                guard self.completion != nil else { return }
                switch outcome {
                case .success(let found):
                    self.addresses = found
                    self.tryNext()
                case .failure(var error):
                    error.endpoint = self.configuration.endpoint
                    self.finish(.failure(error))
                }
            }
        }
    }

    private func tryNext() {
        let context: UnsafeMutablePointer<redisContext>?
        switch configuration.endpoint {
        case .unixSocket(let path): context = redisConnectUnixNonBlock(path)
        case .tcp(_, let port): context = redisConnectNonBlock(addresses.removeFirst(), Int32(port))
        }
        guard let context else { return failAttempt(RedisError(.connectFailed, "no memory left for a connection")) }
        guard context.pointee.err == 0, context.pointee.fd >= 0 else {
            let text = withUnsafeBytes(of: &context.pointee.errstr) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            redisFree(context)
            return failAttempt(RedisError(.connectFailed, "the connection could not be made", underlying: text))
        }
        let channel = Channel(
            context, loop: loop, endpoint: configuration.endpoint,
            commandLimit: configuration.commandTimeout?.nanoseconds ?? MonotonicTime.never)
        self.channel = channel
        channel.onConnect = { [weak self] error in
            if let error { self?.failAttempt(error) } else { self?.introduce(channel) }
        }
        channel.start()
    }

    private func introduce(_ channel: Channel) {
        let handshake = Handshake(configuration)
        let batch = ReplyBatch { outcome in
            // This runs on the loop's thread, as all replies and the end of a channel do.
            switch outcome {
            case .success(let replies):
                if let failure = handshake.failure(in: replies) {
                    self.finish(.failure(failure))
                } else {
                    channel.allow(self.configuration.replyLimits)
                    self.finish(.success(channel))
                }
            case .failure(var error):
                error.outcomeUnknown = false
                if error.code == .protocolError {
                    // Another attempt would get the same answer.
                    error.message = Self.messageForOtherServer(saying: error.underlying ?? "")
                    error.endpoint = self.configuration.endpoint
                    return self.finish(.failure(error))
                }
                // A server with a reply that is too large would send it again.
                if error.code != .replyTooLarge {
                    error.code = .connectFailed
                    error.message = "the server closed the connection before it answered"
                }
                self.failAttempt(error)
            }
        }
        channel.submitBatch(batch, handshake.commands, limit: MonotonicTime.never)
    }

    /// The message for an address at which no Redis server answers.
    ///
    /// - Parameter text: the parser's description of the first byte.
    private static func messageForOtherServer(saying text: String) -> String {
        if text.contains("got \"H\"") || text.contains("got \"<\"") {
            return "an HTTP server answers at this address, and not Redis"
        }
        if text.contains("got \"\\x15\"") { return "a TLS server answers at this address, and not plain Redis" }
        return "the server at this address is not Redis"
    }

    private func failAttempt(_ error: RedisError) {
        guard completion != nil else { return }
        var error = error
        error.endpoint = configuration.endpoint
        channel?.endForClosing()
        channel = nil
        if addresses.isEmpty { finish(.failure(error)) } else { tryNext() }
    }

    private func timeOut() {
        finish(
            .failure(
                RedisError(
                    .connectTimedOut, "no usable connection within \(configuration.connectTimeout)",
                    endpoint: configuration.endpoint)))
    }

    private func finish(_ outcome: Result<Channel, RedisError>) {
        guard let completion else { return }
        self.completion = nil
        if let timer { loop.cancelTimer(timer) }
        let channel = self.channel
        self.channel = nil
        if case .failure = outcome { channel?.endForClosing() }
        completion(outcome)
    }
}
