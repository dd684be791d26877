/// What went wrong, where, whether the command may have run all the same, and what to do next.
public struct RedisError: Error, Sendable {
    /// The kinds of failure. New ones may be added; a `switch` over them should have a `default`.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// No connection could be made: refused, no such socket, no such host, the server is loading or full.
        case connectFailed
        /// Connecting, the handshake included, took longer than ``RedisConfiguration/connectTimeout``.
        case connectTimedOut
        /// The server wants a password, or refused the one given.
        case authenticationFailed
        /// The connection died while the command was pending.
        case connectionLost
        /// No reply within ``RedisConfiguration/commandTimeout``.
        case commandTimedOut
        /// The task that sent the command was cancelled.
        case cancelled
        /// The server answered with an error line; ``RedisError/message`` is that line.
        case serverError
        /// Bytes that are no valid reply, or a misuse that would make replies ambiguous.
        case protocolError
        /// A reply, or a message, was larger than ``RedisConfiguration/replyLimits`` allow. The connection is closed.
        case replyTooLarge
        /// No pooled connection became free within ``RedisConfiguration/poolTimeout``.
        case poolTimedOut
        /// The connection, pool or subscriber was closed by its owner.
        case closed
        /// A URL that does not name a server.
        case invalidURL
        /// The circuit breaker of a ``RedisManager`` is open: the server did not answer, and is left alone for a while.
        case circuitOpen
        /// A ``RedisManager`` for the same server was asked for with another configuration.
        case conflictingConfiguration
    }

    /// The kind of failure.
    public var code: Code
    /// What happened, for a person. For ``Code/serverError`` exactly the server's line.
    public var message: String
    /// Whether the server may have executed the command although no reply was seen.
    ///
    /// `false` means that it certainly did not run, or that its outcome is known (an error reply). `true` means that
    /// its bytes were, or still may be, handed to the server: repeat it only if repeating is harmless.
    public var outcomeUnknown: Bool
    /// The server concerned, where one is.
    public var endpoint: RedisEndpoint?
    /// What lies beneath, such as the operating system's or the C library's words.
    public var underlying: String?

    /// Makes an error. Every argument but the first two is optional.
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
        case .serverError: "Correct the command, or the data that it meets."
        case .protocolError:
            "Check that the address is that of a Redis server. A connection for commands can neither subscribe nor "
                + "switch the protocol."
        case .replyTooLarge:
            "Ask for less at a time; if the server is to be trusted, raise replyLimits."
        case .poolTimedOut: "Hold connections for a shorter time, or raise poolLimit."
        case .closed: "Open a new connection, pool or subscriber."
        case .circuitOpen: "Do without the server for now; nothing has to be done for its return."
        case .conflictingConfiguration: "Use one configuration for a server throughout the process."
        case .invalidURL: "Use redis://[user:password@]host[:port][/database] or unix:///path[?db=number]."
        }
    }

    /// The first word of a server's error line, such as `NOSCRIPT` or `WRONGTYPE`; `nil` for every other code.
    public var serverErrorPrefix: String? {
        guard code == .serverError else { return nil }
        return message.split(separator: " ", maxSplits: 1).first.map(String.init)
    }

    /// The error for a server's error line.
    static func server(_ line: String, endpoint: RedisEndpoint?) -> RedisError {
        RedisError(.serverError, line, endpoint: endpoint)
    }
}

extension RedisError: CustomStringConvertible {
    /// Code, message, cause, place and advice in one line.
    public var description: String {
        let place = endpoint.map { " [\($0)]" } ?? ""
        return "\(code.rawValue): \(summary)\(place) – \(advice)"
    }

    /// Message and cause.
    public var summary: String { underlying.map { "\(message) (\($0))" } ?? message }
}
