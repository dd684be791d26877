/// The configuration of connections: server, credentials, time limits and sizes. A later change does not affect
/// connections and pools that exist.
public struct RedisConfiguration: Sendable, Hashable {
    /// The address of the server. Default: port 6379 of 127.0.0.1.
    public var endpoint: RedisEndpoint
    /// The ACL user for `AUTH`. It has an effect only together with ``password``. Default: none, which means
    /// `default`.
    public var username: String?
    /// The password for `AUTH`, the first command of each connection. Default: none, and no `AUTH`.
    public var password: String?
    /// The database for `SELECT`. Default: 0, and no `SELECT`.
    public var database: Int
    /// The name for `CLIENT SETNAME`, which `CLIENT LIST` shows. Without spaces. Default: none.
    public var clientName: String?
    /// The time limit for resolving, connecting and the handshake together. Default: 5 s.
    public var connectTimeout: Duration
    /// The time limit for a reply, from the call of `send`. `nil` means no limit. Default: 10 s.
    ///
    /// It is exact to about 10 ms. A command without a reply in time throws an error, and the client discards a later
    /// reply. If no reply at all arrives for three more of these times, the client closes the connection as lost.
    public var commandTimeout: Duration?
    /// The delay before the first attempt to reconnect. It doubles with each failure. Default: 1 ms.
    public var reconnectInitialDelay: Duration
    /// The longest delay between attempts to reconnect. Default: 50 ms.
    ///
    /// With the default a client uses a restarted server within 100 ms. An attempt to connect to a closed port costs
    /// little.
    public var reconnectMaximumDelay: Duration
    /// The random part of each delay, from 0 (none) to 1 (the complete delay), so that many clients do not reconnect
    /// at the same moment. Default: 0.5.
    public var reconnectJitter: Double
    /// The maximum number of open connections in a pool. Values outside 2…200 are moved to the nearest valid one.
    /// Default: 200.
    ///
    /// One connection is for shared commands. The others are for ``RedisPool/withConnection(isolation:_:)``. The pool
    /// opens each when it is first needed.
    public var poolLimit: Int
    /// The time limit for a free connection in ``RedisPool/withConnection(isolation:_:)``. Default: 5 s.
    public var poolTimeout: Duration
    /// The interval of the heartbeats of a ``RedisSubscriber`` on a silent connection. Default: 5 s.
    ///
    /// After two silent intervals the subscriber closes the connection as lost. With `nil` it sends no heartbeats and
    /// does not notice a server that hangs.
    public var heartbeatInterval: Duration?
    /// The maximum sizes of a reply or a message. Default: those of ``RedisReplyLimits``.
    public var replyLimits: RedisReplyLimits

    /// Creates a configuration; each parameter is described at its property.
    public init(
        endpoint: RedisEndpoint = .tcp(host: "127.0.0.1", port: RedisEndpoint.defaultPort),
        username: String? = nil,
        password: String? = nil,
        database: Int = 0,
        clientName: String? = nil,
        connectTimeout: Duration = .seconds(5),
        commandTimeout: Duration? = .seconds(10),
        reconnectInitialDelay: Duration = .milliseconds(1),
        reconnectMaximumDelay: Duration = .milliseconds(50),
        reconnectJitter: Double = 0.5,
        poolLimit: Int = 200,
        poolTimeout: Duration = .seconds(5),
        heartbeatInterval: Duration? = .seconds(5),
        replyLimits: RedisReplyLimits = RedisReplyLimits()
    ) {
        self.endpoint = endpoint
        self.username = username
        self.password = password
        self.database = database
        self.clientName = clientName
        self.connectTimeout = connectTimeout
        self.commandTimeout = commandTimeout
        self.reconnectInitialDelay = reconnectInitialDelay
        self.reconnectMaximumDelay = reconnectMaximumDelay
        self.reconnectJitter = reconnectJitter
        self.poolLimit = poolLimit
        self.poolTimeout = poolTimeout
        self.heartbeatInterval = heartbeatInterval
        self.replyLimits = replyLimits
    }

    /// Creates a configuration from a URL with endpoint, credentials and database. Every other property has its
    /// default.
    ///
    /// - Parameters:
    ///   - url: `redis://[user:password@]host[:port][/database]` or `unix:///path[?db=number]`. `%` and two
    ///     hexadecimal digits stand for a character with a meaning in URLs.
    ///   - password: the password if the URL has none, or has `***` in its place. The URL may then have a user alone:
    ///     `redis://user@host`.
    /// - Throws: ``RedisError`` with the code ``RedisError/Code/invalidURL``. The message names the part that is
    ///   wrong.
    public init(url: String, password: String? = nil) throws(RedisError) {
        let parts = try RedisURL(url, password: password)
        self.init(
            endpoint: parts.endpoint, username: parts.username, password: parts.password, database: parts.database)
    }
}

/// The address of a server.
public enum RedisEndpoint: Sendable, Hashable {
    /// A Unix-domain socket. The operating system limits the path to about 100 bytes.
    case unixSocket(path: String)
    /// A TCP host and port. The host is a name or a numeric address; IPv6 without brackets.
    case tcp(host: String, port: Int)

    /// The default port of Redis.
    public static let defaultPort = 6379

    /// Reads the endpoint of a URL, and ignores its credentials and its database.
    ///
    /// - Parameter url: `redis://[user:password@]host[:port][/database]` or `unix:///path[?db=number]`.
    /// - Throws: ``RedisError`` with the code ``RedisError/Code/invalidURL``. The message names the part that is
    ///   wrong.
    public init(url: String) throws(RedisError) {
        self = try RedisURL(url).endpoint
    }
}

extension RedisEndpoint: CustomStringConvertible {
    /// The endpoint as a URL without credentials.
    public var description: String {
        switch self {
        case .unixSocket(let path): "unix://\(path)"
        case .tcp(let host, let port): host.contains(":") ? "redis://[\(host)]:\(port)" : "redis://\(host):\(port)"
        }
    }
}
