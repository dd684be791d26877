/// Which connection serves whom: the state machine of a pool, without any I/O.
///
/// One connection is shared by all commands. The others are leased to one holder at a time. Each method returns what
/// the pool has to do; a waiter is held until it is handed back by some method.
struct PoolState<Connection: AnyObject, Waiter> {
    enum SharedRequest {
        case use(Connection)
        case open
        case wait
        case refuse
    }

    enum LeaseRequest {
        case use(Connection)
        /// A place is taken for the caller, who opens the connection.
        case open
        case wait
        case refuse
    }

    /// What becomes of a place whose holder is done with it.
    enum FreedPlace {
        /// The connection goes to the next in line.
        case hand(Connection, Waiter)
        /// The place does: a connection is to be opened for this waiter.
        case open(Waiter)
        case keepIdle
        /// The connection, if there is one, is to be closed.
        case close
    }

    /// What closing a pool has to end.
    struct Remains {
        var connections: [Connection]
        var waiters: [Waiter]
    }

    private enum Shared {
        case none
        case opening
        case open(Connection)
        /// Lost or refused; the next attempt comes after a delay.
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

    /// Connections open or being opened.
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

    /// The shared connection, if it can be used at once.
    @inline(__always)
    var openShared: Connection? {
        if case .open(let connection) = shared { connection } else { nil }
    }

    /// Asks for the shared connection. The waiter is kept for `open` and `wait` only.
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

    /// - Returns: whom to give the connection; `nil` if the pool was closed meanwhile and it must be closed.
    mutating func sharedOpened(_ connection: Connection) -> [Waiter]? {
        if isClosed { return nil }
        shared = .open(connection)
        return takeSharedWaiters()
    }

    /// An attempt has failed.
    /// - Returns: whom to fail; `nil` if the pool is closed. Otherwise the next attempt is due after a delay.
    mutating func sharedFailed() -> [Waiter]? {
        if isClosed { return nil }
        shared = .delayed
        return takeSharedWaiters()
    }

    /// The shared connection is lost.
    /// - Returns: whether to try again after a delay.
    mutating func sharedLost(_ connection: Connection) -> Bool {
        guard !isClosed, case .open(let current) = shared, current === connection else { return false }
        shared = .delayed
        return true
    }

    /// The delay is over.
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

    /// Asks for a connection of one's own. The waiter is kept for `wait` only.
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

    /// A connection has been opened for whoever asked.
    /// - Returns: whether it may be used; if not, the pool is closed and so must it be.
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

    /// A lease is over.
    /// - Parameter isReusable: whether the connection is open and owes no replies.
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

    /// A connection that nobody holds has ended.
    mutating func idleLost(_ connection: Connection) {
        idle.removeAll { $0 === connection }
    }

    private mutating func nextForPlace() -> FreedPlace {
        guard !leaseWaiters.isEmpty else { return .close }
        opening += 1
        return .open(leaseWaiters.removeFirst().waiter)
    }

    // MARK: Giving up

    /// Takes a waiter out of either line; `nil` if it was served already.
    mutating func withdraw(_ identifier: UInt64) -> Waiter? {
        if let index = sharedWaiters.firstIndex(where: { $0.identifier == identifier }) {
            return sharedWaiters.remove(at: index).waiter
        }
        if let index = leaseWaiters.firstIndex(where: { $0.identifier == identifier }) {
            return leaseWaiters.remove(at: index).waiter
        }
        return nil
    }

    /// Refuses everything from now on.
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
