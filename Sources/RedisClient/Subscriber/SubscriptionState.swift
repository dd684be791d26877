/// The subscribed names, the wanted names and the waiters. It is the state machine of a subscriber, without input or
/// output.
///
/// The server confirms each name of each command, in order. A name is settled when all commands with the name are
/// confirmed.
struct SubscriptionState<Waiter> {
    /// A channel or a pattern.
    struct Name: Hashable {
        var isPattern: Bool
        var text: String
    }

    private struct Posted {
        var names: [Name]
        var unconfirmed: Int
    }

    private struct Waiting {
        var identifier: UInt64
        var waiter: Waiter
        var names: Set<Name>
        var isSubscribing: Bool
    }

    /// The consequence of a refusal by the server.
    enum Refusal {
        /// These waiters requested the refused names.
        case fail([Waiter])
        /// The server refused to renew earlier subscriptions. The connection is useless.
        case giveUp
    }

    private(set) var wanted: Set<Name> = []
    private(set) var isConnected = false
    private var posted: [Posted] = []
    private var outstanding: [Name: Int] = [:]
    private var waiting: [Waiting] = []
    private var isRenewing = false

    // MARK: Calls of the owner

    /// Adds wanted names.
    ///
    /// - Returns: the command to send now, if connected.
    mutating func subscribe(_ names: [Name], waiter: Waiter, identifier: UInt64) -> RedisCommand? {
        wanted.formUnion(names)
        return request(names, isSubscribing: true, waiter, identifier)
    }

    /// Removes wanted names.
    ///
    /// - Returns: the command to send now. `nil` without a connection: there is nothing to wait for.
    mutating func unsubscribe(_ names: [Name], waiter: Waiter, identifier: UInt64) -> RedisCommand? {
        wanted.subtract(names)
        guard isConnected else { return nil }
        return request(names, isSubscribing: false, waiter, identifier)
    }

    /// Removes a waiter. Returns `nil` if it was served already. Its names stay wanted.
    mutating func withdraw(_ identifier: UInt64) -> Waiter? {
        waiting.firstIndex { $0.identifier == identifier }.map { waiting.remove(at: $0).waiter }
    }

    /// Removes and returns all waiters.
    mutating func takeWaiters() -> [Waiter] {
        defer { waiting = [] }
        return waiting.map(\.waiter)
    }

    // MARK: Calls of the connection

    /// - Returns: the commands that renew all wanted names. If there are none, all names are settled.
    mutating func connected() -> [RedisCommand] {
        isConnected = true
        let commands = [false, true].compactMap { isPattern in
            let names = wanted.filter { $0.isPattern == isPattern }.sorted { $0.text < $1.text }
            return names.isEmpty ? nil : post(names, isSubscribing: true)
        }
        isRenewing = !commands.isEmpty
        return commands
    }

    /// - Returns: the waiters for the end of a subscription, which has now ended.
    mutating func disconnected() -> [Waiter] {
        isConnected = false
        isRenewing = false
        posted = []
        outstanding = [:]
        defer { waiting.removeAll { !$0.isSubscribing } }
        return waiting.filter { !$0.isSubscribing }.map(\.waiter)
    }

    /// Records that the server has confirmed the next name.
    ///
    /// - Returns: the waiters for this, and whether all wanted names are subscribed again.
    mutating func confirmed(_ name: Name) -> (waiters: [Waiter], isRenewed: Bool) {
        guard !posted.isEmpty else { return ([], false) }
        posted[0].unconfirmed -= 1
        if posted[0].unconfirmed == 0 { posted.removeFirst() }
        let isSettled = settle(name)
        var served: [Waiter] = []
        if isSettled {
            for index in waiting.indices where waiting[index].names.remove(name) != nil && waiting[index].names.isEmpty
            {
                served.append(waiting[index].waiter)
            }
            waiting.removeAll(where: \.names.isEmpty)
        }
        guard isRenewing, outstanding.isEmpty else { return (served, false) }
        isRenewing = false
        return (served, true)
    }

    /// Records that the server has refused the oldest command.
    mutating func refused() -> Refusal {
        if isRenewing || posted.isEmpty { return .giveUp }
        let names = Set(posted.removeFirst().names)
        for name in names { _ = settle(name) }
        wanted.subtract(names)
        defer { waiting.removeAll { !$0.names.isDisjoint(with: names) } }
        return .fail(waiting.filter { !$0.names.isDisjoint(with: names) }.map(\.waiter))
    }

    // MARK: Parts

    private mutating func request(
        _ names: [Name], isSubscribing: Bool, _ waiter: Waiter, _ identifier: UInt64
    ) -> RedisCommand? {
        waiting.append(
            Waiting(identifier: identifier, waiter: waiter, names: Set(names), isSubscribing: isSubscribing))
        return isConnected ? post(names, isSubscribing: isSubscribing) : nil
    }

    /// Sends a command for names of one kind.
    private mutating func post(_ names: [Name], isSubscribing: Bool) -> RedisCommand {
        posted.append(Posted(names: names, unconfirmed: names.count))
        for name in names { outstanding[name, default: 0] += 1 }
        let verb = (names[0].isPattern ? "P" : "") + (isSubscribing ? "SUBSCRIBE" : "UNSUBSCRIBE")
        return RedisCommand(parts: [verb] + names.map(\.text))
    }

    /// - Returns: whether no further confirmation of the name is expected.
    private mutating func settle(_ name: Name) -> Bool {
        guard let count = outstanding[name], count > 1 else {
            outstanding[name] = nil
            return true
        }
        outstanding[name] = count - 1
        return false
    }
}
