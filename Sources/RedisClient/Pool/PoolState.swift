/// Assigns connections to callers. It is the state machine of a pool, without input or output.
///
/// One connection is shared by all commands. Each other connection is leased to one holder at a time. Each method
/// returns the next action of the pool. The state keeps a waiter until one of its methods returns it.
struct PoolState<Connection: AnyObject, Waiter> {
    enum SharedRequest {
        case use(Connection)
        case open
        case wait
        case refuse
    }

    enum LeaseRequest {
        case use(Connection)
        /// The caller opens the connection. A slot is reserved for it.
        case open
        case wait
        case refuse
    }

    /// The next use of a slot that has become free.
    enum FreedPlace {
        /// The connection goes to the next waiter.
        case hand(Connection, Waiter)
        /// The slot goes to this waiter, for whom a connection must be opened.
        case open(Waiter)
        case keepIdle
        /// The connection, if there is one, must be closed.
        case close
    }

    /// The connections and waiters of a closed pool.
    struct Remains {
        var connections: [Connection]
        var waiters: [Waiter]
    }

    private enum Shared {
        case none
        case opening
        case open(Connection)
        /// The connection was lost or refused. The next attempt follows after a delay.
        case delayed
    }

    private let leaseLimit: Int
    private var shared = Shared.none
    private var sharedWaiters: [(identifier: UInt64, waiter: Waiter)] = []
    private var leaseWaiters: [(identifier: UInt64, waiter: Waiter)] = []
    private var idle: [Connection] = []
    private var leased: [ObjectIdentifier: Connection] = [:]
    private var opening = 0
    private(set) var isClosed = false

    init(limit: Int) {
        leaseLimit = min(200, max(2, limit)) - 1
    }

    /// The number of open and opening connections.
    var connectionCount: Int {
        let sharedCount =
            switch shared {
            case .none, .delayed: 0
            case .opening, .open: 1
            }
        return sharedCount + placesTaken
    }

    private var placesTaken: Int { idle.count + leased.count + opening }

    // MARK: The shared connection

    /// The shared connection if it is open.
    @inline(__always)
    var openShared: Connection? {
        if case .open(let connection) = shared { connection } else { nil }
    }

    /// Requests the shared connection. The state keeps the waiter only for `open` and `wait`.
    mutating func requestShared(_ waiter: Waiter, identifier: UInt64) -> SharedRequest {
        if isClosed { return .refuse }
        switch shared {
        case .open(let connection): return .use(connection)
        case .none:
            shared = .opening
            sharedWaiters.append((identifier, waiter))
            return .open
        case .opening, .delayed:
            sharedWaiters.append((identifier, waiter))
            return .wait
        }
    }

    /// - Returns: the waiters for the connection. `nil` if the pool is closed, so that the connection must be closed.
    mutating func sharedOpened(_ connection: Connection) -> [Waiter]? {
        if isClosed { return nil }
        shared = .open(connection)
        return takeSharedWaiters()
    }

    /// Records a failed attempt.
    ///
    /// - Returns: the waiters to fail. `nil` if the pool is closed. Otherwise the next attempt follows after a delay.
    mutating func sharedFailed() -> [Waiter]? {
        if isClosed { return nil }
        shared = .delayed
        return takeSharedWaiters()
    }

    /// Records that the shared connection was lost.
    ///
    /// - Returns: whether to try again after a delay.
    mutating func sharedLost(_ connection: Connection) -> Bool {
        guard !isClosed, case .open(let current) = shared, current === connection else { return false }
        shared = .delayed
        return true
    }

    /// Records that the delay has passed.
    ///
    /// - Returns: whether to open the shared connection now.
    mutating func sharedDelayOver() -> Bool {
        guard !isClosed, case .delayed = shared else { return false }
        shared = .opening
        return true
    }

    private mutating func takeSharedWaiters() -> [Waiter] {
        defer { sharedWaiters.removeAll() }
        return sharedWaiters.map(\.waiter)
    }

    // MARK: Leases

    /// Requests a leased connection. The state keeps the waiter only for `wait`.
    mutating func requestLease(_ waiter: Waiter, identifier: UInt64) -> LeaseRequest {
        if isClosed { return .refuse }
        if let connection = idle.popLast() {
            leased[ObjectIdentifier(connection)] = connection
            return .use(connection)
        }
        if placesTaken < leaseLimit {
            opening += 1
            return .open
        }
        leaseWaiters.append((identifier, waiter))
        return .wait
    }

    /// Records an opened connection for a lease.
    ///
    /// - Returns: whether the connection may be used. If not, the pool is closed, and the connection must be closed.
    mutating func leaseOpened(_ connection: Connection) -> Bool {
        if isClosed { return false }
        opening -= 1
        leased[ObjectIdentifier(connection)] = connection
        return true
    }

    mutating func leaseOpenFailed() -> FreedPlace {
        if isClosed { return .close }
        opening -= 1
        return nextForPlace()
    }

    /// Ends a lease.
    ///
    /// - Parameter isReusable: whether the connection is open and has no pending replies.
    mutating func giveBack(_ connection: Connection, isReusable: Bool) -> FreedPlace {
        leased[ObjectIdentifier(connection)] = nil
        if isClosed { return .close }
        guard isReusable else { return nextForPlace() }
        guard leaseWaiters.isEmpty else {
            leased[ObjectIdentifier(connection)] = connection
            return .hand(connection, leaseWaiters.removeFirst().waiter)
        }
        idle.append(connection)
        return .keepIdle
    }

    /// Records that an idle connection has ended.
    mutating func idleLost(_ connection: Connection) {
        idle.removeAll { $0 === connection }
    }

    private mutating func nextForPlace() -> FreedPlace {
        guard !leaseWaiters.isEmpty else { return .close }
        opening += 1
        return .open(leaseWaiters.removeFirst().waiter)
    }

    // MARK: Cancellation and closing

    /// Removes a waiter. Returns `nil` if it has been served already.
    mutating func withdraw(_ identifier: UInt64) -> Waiter? {
        if let index = sharedWaiters.firstIndex(where: { $0.identifier == identifier }) {
            return sharedWaiters.remove(at: index).waiter
        }
        if let index = leaseWaiters.firstIndex(where: { $0.identifier == identifier }) {
            return leaseWaiters.remove(at: index).waiter
        }
        return nil
    }

    /// Closes the state: every later request is refused.
    mutating func close() -> Remains {
        var remains = Remains(
            connections: idle + leased.values, waiters: takeSharedWaiters() + leaseWaiters.map(\.waiter))
        if case .open(let connection) = shared { remains.connections.append(connection) }
        isClosed = true
        shared = .none
        idle = []
        leased = [:]
        leaseWaiters = []
        opening = 0
        return remains
    }
}
