import CHiredis

/// Makes one connection: resolves, connects, introduces itself, all within one time limit.
///
/// Lives on the loop's thread; `start` and `cancel` may be called from any. The completion is called exactly once, on
/// the loop's thread. To cancel before the start has no effect.
final class Connector: @unchecked Sendable {
    // @unchecked Sendable: everything that changes is touched by the loop's thread alone.
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

    /// To be called once.
    func start(_ completion: @escaping Completion) {
        loop.execute {
            self.completion = completion
            self.begin()
        }
    }

    /// Gives up; the completion gets the error. Harmless after the completion.
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
            // On the loop's thread: replies and the end of a channel both come there.
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
                    // Another attempt would be answered alike.
                    error.message = Self.stranger(saying: error.underlying ?? "")
                    error.endpoint = self.configuration.endpoint
                    return self.finish(.failure(error))
                }
                // Neither would one that says too much say less.
                if error.code != .replyTooLarge {
                    error.code = .connectFailed
                    error.message = "the server hung up before it answered"
                }
                self.failAttempt(error)
            }
        }
        channel.submitBatch(batch, handshake.commands, limit: MonotonicTime.never)
    }

    /// Who answers at an address where no Redis does.
    /// - Parameter text: what the parser says of the first byte.
    private static func stranger(saying text: String) -> String {
        if text.contains("got \"H\"") || text.contains("got \"<\"") {
            return "no Redis answers there, but an HTTP server"
        }
        if text.contains("got \"\\x15\"") { return "no plain Redis answers there, but a server that wants TLS" }
        return "what answers there is no Redis server"
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
