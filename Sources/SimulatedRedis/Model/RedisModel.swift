import RedisClient

/// A Redis server as a value. It takes commands with the time of their arrival, and returns replies and messages.
///
/// The model has no clock and no randomness, so the same commands at the same times always give the same results. A
/// copy is a snapshot, which the caller can keep, compare and continue. Commands run one at a time, as on the real
/// server. A script or `EXEC` is one command. Times are nanoseconds since the beginning of 1970, by the server's
/// clock. Keys expire by whole milliseconds: a key exists until the end of its last millisecond, as on the real
/// server.
///
/// The model refuses a command that it does not implement with an error that begins with `ERR not modelled`.
/// `Documentation/SimulatedRedis.md` describes the comparison with the real server, and the differences.
///
/// Most commands are O(1) plus their own size. Listings (`SCAN`, `HGETALL`, ranges of sorted sets) sort their keys or
/// members.
public struct RedisModel: Sendable, Hashable {
    /// The start options of the server.
    public struct Configuration: Sendable, Hashable {
        /// The scripts with a Swift translation. A client need not load them first.
        public var scripts: [ModelScript]
        /// The limit of the data. By default there is none.
        public var memory: MemoryLimit
        /// The `run_id` in the reply to `INFO server`: 40 hexadecimal digits. The last digits count the restarts.
        public var runIdentifier: String

        /// Creates the options of a server; each parameter is described at its property.
        public init(
            scripts: [ModelScript] = [], memory: MemoryLimit = MemoryLimit(),
            runIdentifier: String = String(repeating: "0", count: 40)
        ) {
            self.scripts = scripts
            self.memory = memory
            self.runIdentifier = runIdentifier
        }
    }

    /// Whether the server accepts writes.
    enum Role: Sendable, Hashable {
        case primary, replica
    }

    /// The start options of the server.
    public let configuration: Configuration
    let translations: [String: ModelScript]
    var role = Role.primary
    private var restarts = 0
    var keys: [Bytes: StoredKey] = [:]
    var connections: [ConnectionID: Connection] = [:]
    /// The subscribers of each channel.
    var subscribers: [Bytes: Set<ConnectionID>] = [:]
    /// The connections that watch each key.
    var watchers: [Bytes: Set<ConnectionID>] = [:]
    var tracking = TrackingTable()
    var loadedScripts: Set<String> = []
    /// The effects of the running command. Empty between commands.
    var turn = Turn()

    /// Creates an empty primary server.
    public init(_ configuration: Configuration = Configuration()) {
        self.configuration = configuration
        translations = Dictionary(
            configuration.scripts.map { ($0.script.sha1, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The identifier of the server process. It changes at each restart.
    public var runIdentifier: String {
        guard restarts > 0 else { return configuration.runIdentifier }
        let count = String(restarts, radix: 16)
        return configuration.runIdentifier.dropLast(count.count) + count
    }

    // MARK: Commands

    /// Executes one command.
    ///
    /// On the wire `SUBSCRIBE` and `UNSUBSCRIBE` give one reply for each name. Here these replies are the elements of
    /// one array.
    ///
    /// - Parameters:
    ///   - connection: the sender. The command opens the connection if necessary.
    ///   - now: nanoseconds since the beginning of 1970. It may be earlier than the last one, as after a change of
    ///     the clock.
    /// - Returns: the reply, the messages and the change for replicas.
    public mutating func execute(
        _ command: RedisCommand, by connection: ConnectionID, at now: Int64
    ) -> RedisOutcome {
        if connections[connection] == nil { connections[connection] = Connection() }
        turn.current = connection
        let reply = receive(Call(words: command.words, connection: connection, now: now))
        return endTurn(reply)
    }

    // MARK: Connections and crashes

    /// Opens a connection. If it is open, this has no effect.
    public mutating func connect(_ connection: ConnectionID) {
        if connections[connection] == nil { connections[connection] = Connection() }
    }

    /// The open connections, in the order of their numbers. O(n log n).
    public var openConnections: [ConnectionID] { connections.keys.sorted() }

    /// Closes a connection. This ends its subscriptions, its tracking, its watches and its open transaction.
    public mutating func disconnect(_ connection: ConnectionID) {
        guard let gone = connections.removeValue(forKey: connection) else { return }
        for channel in gone.channels { leave(channel, connection) }
        for key in gone.watched.keys { unwatch(key, connection) }
        tracking.forget(connection)
    }

    /// Restarts the server. This closes every connection and removes the loaded scripts.
    ///
    /// - Parameter keepingData: true if the keys and their deadlines remain, as after a restart with a file that was
    ///   synchronised at every write. False if the server starts empty.
    public mutating func restart(keepingData: Bool) {
        if !keepingData { keys = [:] }
        restarts += 1
        connections = [:]
        subscribers = [:]
        watchers = [:]
        tracking = TrackingTable()
        loadedScripts = []
        turn = Turn()
    }

    // MARK: Time

    /// Removes expired keys, as the server does in the background from time to time.
    ///
    /// - Parameters:
    ///   - now: nanoseconds since the beginning of 1970.
    ///   - limit: the maximum number of keys, in the order of their names.
    /// - Returns: the messages to clients and replicas. The reply is the number of removed keys.
    public mutating func removeExpired(at now: Int64, limit: Int = .max) -> RedisOutcome {
        guard role == .primary else { return endTurn(.integer(0)) }
        let due = keys.filter { $0.value.isExpired(at: now / 1_000_000) }.keys.sorted(by: Self.byBytes).prefix(limit)
        for key in due { removeUnasked(key) }
        return endTurn(.integer(Int64(due.count)))
    }

    static func byBytes(_ left: Bytes, _ right: Bytes) -> Bool { left.lexicographicallyPrecedes(right) }
}
