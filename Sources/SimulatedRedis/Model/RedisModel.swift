import RedisClient

/// A Redis server as a value: commands go in with the time at which they arrive, replies and messages come out.
///
/// It has no clock, no randomness and no order that is left to chance, so the same commands at the same times always
/// bring the same. A copy is a snapshot: it may be kept, compared, and gone on with. Commands run one at a time, as
/// they do on the real server; a script or `EXEC` is one command. Times are nanoseconds since the beginning of 1970,
/// by the server's clock; keys expire by whole milliseconds, and a key is there until its last millisecond is over,
/// exactly as on the server.
///
/// What it does not know it refuses with an error that begins `ERR not modelled`. How it is held to the real server,
/// and where it differs, is told in `Documentation/SimulatedRedis.md`.
///
/// Most commands take O(1) and their own size; listings (`SCAN`, `HGETALL`, ranges of sorted sets) sort what they list.
public struct RedisModel: Sendable, Hashable {
    /// What the server was started with.
    public struct Configuration: Sendable, Hashable {
        /// The scripts that are known in Swift, whether or not a client has loaded them.
        public var scripts: [ModelScript]
        /// What may be kept. Default: everything.
        public var memory: MemoryLimit
        /// What `INFO server` calls this process: 40 hexadecimal digits, of which the model counts restarts in the last.
        public var runIdentifier: String

        public init(
            scripts: [ModelScript] = [], memory: MemoryLimit = MemoryLimit(),
            runIdentifier: String = String(repeating: "0", count: 40)
        ) {
            self.scripts = scripts
            self.memory = memory
            self.runIdentifier = runIdentifier
        }
    }

    /// Whether writes are accepted.
    enum Role: Sendable, Hashable {
        case primary, replica
    }

    public let configuration: Configuration
    let translations: [String: ModelScript]
    var role = Role.primary
    private var restarts = 0
    var keys: [Bytes: StoredKey] = [:]
    var connections: [ConnectionID: Connection] = [:]
    /// Who subscribed to a channel.
    var subscribers: [Bytes: Set<ConnectionID>] = [:]
    /// Who watches a key.
    var watchers: [Bytes: Set<ConnectionID>] = [:]
    var tracking = TrackingTable()
    var loadedScripts: Set<String> = []
    /// What the command that is running has caused so far. Empty between commands.
    var turn = Turn()

    public init(_ configuration: Configuration = Configuration()) {
        self.configuration = configuration
        translations = Dictionary(
            configuration.scripts.map { ($0.script.sha1, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Of the process, so another one after each restart.
    public var runIdentifier: String {
        guard restarts > 0 else { return configuration.runIdentifier }
        let count = String(restarts, radix: 16)
        return configuration.runIdentifier.dropLast(count.count) + count
    }

    // MARK: Commands

    /// Executes one command.
    ///
    /// `SUBSCRIBE` and `UNSUBSCRIBE` answer one reply for each name on the wire; here they are the elements of one
    /// array.
    /// - Parameters:
    ///   - connection: who sends it; a connection that is not known yet is opened by this.
    ///   - now: nanoseconds since the beginning of 1970. Not asked to be later than the last one: clocks are set back.
    public mutating func execute(
        _ command: RedisCommand, by connection: ConnectionID, at now: Int64
    ) -> RedisOutcome {
        if connections[connection] == nil { connections[connection] = Connection() }
        turn.current = connection
        let reply = receive(Call(words: command.words, connection: connection, now: now))
        return endTurn(reply)
    }

    // MARK: Connections and crashes

    /// Opens a connection that has sent nothing yet. Harmless if it is open.
    public mutating func connect(_ connection: ConnectionID) {
        if connections[connection] == nil { connections[connection] = Connection() }
    }

    /// The connections that are open, in the order of their numbers.
    public var openConnections: [ConnectionID] { connections.keys.sorted() }

    /// Ends a connection: its subscriptions, its tracking, what it watches and its open transaction are gone.
    public mutating func disconnect(_ connection: ConnectionID) {
        guard let gone = connections.removeValue(forKey: connection) else { return }
        for channel in gone.channels { leave(channel, connection) }
        for key in gone.watched.keys { unwatch(key, connection) }
        tracking.forget(connection)
    }

    /// Ends the server and starts it again: every connection is gone, and so are the scripts that clients had loaded.
    /// - Parameter keepingData: whether the keys come back, with their deadlines, as from a file that was
    ///   synchronised at every write; otherwise the server is empty.
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

    /// Removes the keys that are past their deadlines, as the server does in the background now and then.
    /// - Parameter limit: how many at most, in the order of their names.
    /// - Returns: what removing them sends to clients and replicas; its reply is how many there were.
    public mutating func removeExpired(at now: Int64, limit: Int = .max) -> RedisOutcome {
        guard role == .primary else { return endTurn(.integer(0)) }
        let due = keys.filter { $0.value.isExpired(at: now / 1_000_000) }.keys.sorted(by: Self.byBytes).prefix(limit)
        for key in due { removeUnasked(key) }
        return endTurn(.integer(Int64(due.count)))
    }

    static func byBytes(_ left: Bytes, _ right: Bytes) -> Bool { left.lexicographicallyPrecedes(right) }
}
