/// Everything that decides how connections are made and how long is waited. A value: changing one affects only what
/// is made from it afterwards.
public struct RedisConfiguration: Sendable, Hashable {
    /// Where the server listens. Default: port 6379 of 127.0.0.1.
    public var endpoint: RedisEndpoint
    /// The ACL user for `AUTH`; used only together with ``password``. Default: none, which means `default`.
    public var username: String?
    /// The password for `AUTH`, sent first on every connect and reconnect. Default: none, no `AUTH`.
    public var password: String?
    /// The database for `SELECT`. Default: 0, no `SELECT`.
    public var database: Int
    /// The name for `CLIENT SETNAME`, as `CLIENT LIST` shows it; no spaces. Default: none.
    public var clientName: String?
    /// How long resolving, connecting and the handshake together may take. Default: 5 s.
    public var connectTimeout: Duration
    /// How long a reply may take, counted from `send`; `nil` waits for ever. Default: 10 s.
    ///
    /// Kept to within about 10 ms. A command that is out of time throws; its reply, if it still comes, is thrown away.
    /// When nothing at all comes for three more such times, the connection is given up as lost.
    public var commandTimeout: Duration?
    /// The delay before the first reconnection. It doubles at each failure. Default: 1 ms.
    public var reconnectInitialDelay: Duration
    /// The longest delay between attempts to reconnect. Default: 50 ms, so that a server that is back is in use within
    /// 100 ms; connecting to a closed port is cheap for both sides.
    public var reconnectMaximumDelay: Duration
    /// The part of each delay that is left to chance, from 0 (none) to 1 (anything from nothing to the whole delay), so
    /// that many clients do not come back at the same instant. Default: 0.5.
    public var reconnectJitter: Double
    /// The most connections a pool has open at any time. Values outside 2…200 are brought inside. Default: 200.
    ///
    /// One is kept for shared commands; the others are for ``RedisPool/withConnection(isolation:_:)``. They are opened
    /// when first needed.
    public var poolLimit: Int
    /// How long ``RedisPool/withConnection(isolation:_:)`` waits for a free connection. Default: 5 s.
    public var poolTimeout: Duration
    /// How often a ``RedisSubscriber`` asks a silent server for a sign of life; `nil` never does, and then a hanging
    /// server goes unnoticed. A server that says nothing for two intervals is taken for lost. Default: 5 s.
    public var heartbeatInterval: Duration?
    /// How large a reply or a message may be. Default: those of ``RedisReplyLimits``.
    public var replyLimits: RedisReplyLimits

    /// A configuration with every default, or with those that are given replaced.
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

    /// The configuration in a URL: endpoint, credentials and database; every other property has its default.
    /// - Parameter url: `redis://[user:password@]host[:port][/database]`, `unix:///path[?db=number]`. Characters with a
    ///   meaning in URLs are written as `%` and two hexadecimal digits.
    /// - Parameter password: used if the URL names none, or `***` in its place. A URL may then name a user alone:
    ///   `redis://user@host`.
    /// - Throws: ``RedisError`` with ``RedisError/Code/invalidURL`` saying which part is wrong.
    public init(url: String, password: String? = nil) throws(RedisError) {
        let parts = try RedisURL(url, password: password)
        self.init(
            endpoint: parts.endpoint, username: parts.username, password: parts.password, database: parts.database)
    }
}
