/// An error of the client: its kind, its message, its server, whether the command may have run, and what to do next.
public struct RedisError: Error, Sendable {
    /// The kinds of failure. Later versions may add kinds, so a `switch` needs a `default`.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// The client could not connect: the server refused, the socket or host does not exist, or the server is
        /// loading or full.
        case connectFailed
        /// Connecting and the handshake took longer than ``RedisConfiguration/connectTimeout``.
        case connectTimedOut
        /// The server requires a password, or refused the given one.
        case authenticationFailed
        /// The connection was lost while the command waited for its reply.
        case connectionLost
        /// No reply arrived within ``RedisConfiguration/commandTimeout``.
        case commandTimedOut
        /// The task that sent the command was cancelled.
        case cancelled
        /// The server replied with an error. ``RedisError/message`` is the line of the server.
        case serverError
        /// The server sent an invalid reply, or a command would have made replies ambiguous.
        case protocolError
        /// A reply or message exceeded ``RedisConfiguration/replyLimits``. The client has closed the connection.
        case replyTooLarge
        /// No connection of the pool became free within ``RedisConfiguration/poolTimeout``.
        case poolTimedOut
        /// The owner has closed the connection, the pool or the subscriber.
        case closed
        /// The URL does not describe a server.
        case invalidURL
        /// The circuit breaker of a ``RedisManager`` is open, because the server did not answer.
        case circuitOpen
        /// A ``RedisManager`` for this server exists with another configuration.
        case conflictingConfiguration
    }

    /// The kind of failure.
    public var code: Code
    /// The description of the failure. For ``Code/serverError`` it is exactly the line of the server.
    public var message: String
    /// Whether the server may have executed the command although no reply arrived.
    ///
    /// `false`: the command did not run, or its outcome is known from an error reply. `true`: the server has received
    /// the bytes or may still receive them. Repeat the command only if a second execution is harmless.
    public var outcomeUnknown: Bool
    /// The server, if the error concerns one.
    public var endpoint: RedisEndpoint?
    /// The cause, in the words of the operating system, the C library or the server.
    public var underlying: String?

    /// Creates an error; each parameter is described at its property.
    public init(
        _ code: Code,
        _ message: String,
        outcomeUnknown: Bool = false,
        endpoint: RedisEndpoint? = nil,
        underlying: String? = nil
    ) {
        self.code = code
        self.message = message
        self.outcomeUnknown = outcomeUnknown
        self.endpoint = endpoint
        self.underlying = underlying
    }
}

extension RedisError {
    /// What to do next, in one sentence.
    public var advice: String {
        if let refusal { return refusal.advice }
        return switch code {
        case .connectFailed: "Check that the server is running and that the address is right, then try again."
        case .connectTimedOut:
            "The server accepts but does not answer; check its load, or allow a longer connectTimeout."
        case .authenticationFailed: "Check username and password, and the server's ACL."
        case .connectionLost, .commandTimedOut, .cancelled:
            outcomeUnknown
                ? "The command may have run: read back what it would have changed, or repeat it if that is harmless."
                : "The command did not run: it may be repeated."
        case .serverError: "Correct the command or its data."
        case .protocolError:
            "Check that the address is that of a Redis server. A connection for commands can neither subscribe nor "
                + "switch the protocol."
        case .replyTooLarge:
            "Ask for less at a time; if the server is to be trusted, raise replyLimits."
        case .poolTimedOut: "Hold connections for a shorter time, or raise poolLimit."
        case .closed: "Open a new connection, pool or subscriber."
        case .circuitOpen: "Continue without the server. The client reconnects by itself."
        case .conflictingConfiguration: "Use one configuration for a server throughout the process."
        case .invalidURL: "Use redis://[user:password@]host[:port][/database] or unix:///path[?db=number]."
        }
    }

    /// The first word of the server's error, such as `NOSCRIPT` or `WRONGTYPE`. `nil` for every other code.
    public var serverErrorPrefix: String? {
        guard code == .serverError else { return nil }
        return message.split(separator: " ", maxSplits: 1).first.map(String.init)
    }

    /// Creates the error for an error line of the server.
    static func server(_ line: String, endpoint: RedisEndpoint?) -> RedisError {
        RedisError(.serverError, line, endpoint: endpoint)
    }
}

extension RedisError: CustomStringConvertible {
    /// Code, message, cause, server and advice in one line.
    public var description: String {
        let place = endpoint.map { " [\($0)]" } ?? ""
        return "\(code.rawValue): \(summary)\(place) – \(advice)"
    }

    /// Message and cause.
    public var summary: String { underlying.map { "\(message) (\($0))" } ?? message }
}
