/// Who is connected to a server, as it says itself.
public struct ConnectionAudit: Sendable, Hashable {
    /// A line of `CLIENT LIST`.
    public struct Client: Sendable, Hashable, CustomStringConvertible {
        public var id: Int64
        /// Where it comes from: address and port, or the path of a Unix socket.
        public var address: String
        /// What it calls itself; empty if nothing.
        public var name: String
        /// The library it says it uses; empty if it does not say.
        public var library: String
        /// Its last command, in lower case.
        public var command: String
        public var database: Int
        /// For how long it has been connected, in whole seconds.
        public var age: Int
        /// Whether it is the other end of a replication: a replica, or a primary.
        public var isReplication: Bool

        public var description: String {
            let name = name.isEmpty ? "a client without a name" : "\"\(name)\""
            let library = library.isEmpty ? "" : ", library \(library)"
            return "\(name) (id \(id), from \(address), database \(database), last command \(command)\(library))"
        }
    }

    /// Those of the pool of the manager that asked.
    public var own: [Client]
    /// Those of its subscribers, which ``limit`` does not count.
    public var ownSubscribers: [Client]
    /// Those of managers in other processes.
    public var ofOtherManagers: [Client]
    /// Opened past any manager, and not expected.
    public var pastTheManager: [Client]
    /// The most that the manager's pool may have open.
    public var limit: Int

    /// Whether nobody went past a manager, and the own one has kept to its limit.
    public var isClean: Bool { pastTheManager.isEmpty && own.count <= limit }
}

extension RedisManager {
    /// Asks the server who is connected to it. Linear in the number of its clients.
    ///
    /// A server does not tell which process a client is: everybody without a manager's name counts as having gone past it.
    /// Asked of a server that other applications use as well, it finds them too.
    /// - Parameter names: of clients that are known to need no manager, a monitoring agent say.
    /// - Throws: ``RedisError``, as ``send(_:)``; `protocolError` for a list that is none.
    public func audit(expecting names: Set<String> = []) async throws -> ConnectionAudit {
        let list = try await send(RedisCommand("CLIENT", "LIST"))
        guard let text = list.string else {
            throw RedisError(.protocolError, "CLIENT LIST was answered with \(list)", endpoint: configuration.endpoint)
        }
        var audit = ConnectionAudit(
            own: [], ownSubscribers: [], ofOtherManagers: [], pastTheManager: [], limit: configuration.poolLimit)
        let subscribers = subscriberConfiguration(for: "").clientName ?? ""
        for client in ConnectionAudit.clients(listed: text) {
            if client.name == configuration.clientName {
                audit.own.append(client)
            } else if client.name.hasPrefix(subscribers) {
                audit.ownSubscribers.append(client)
            } else if client.name.contains(Self.mark) {
                audit.ofOtherManagers.append(client)
            } else if !names.contains(client.name) {
                audit.pastTheManager.append(client)
            }
        }
        return audit
    }
}

extension ConnectionAudit {
    /// The lines of `CLIENT LIST`. Linear.
    public static func clients(listed text: String) -> [Client] {
        text.split(whereSeparator: \.isNewline).map { Client($0) }
    }
}

extension ConnectionAudit.Client {
    /// - Parameter line: `id=3 addr=127.0.0.1:5 … name= …`, fields in any order; those that are missing are empty or 0.
    init(_ line: some StringProtocol) {
        var fields: [Substring: String] = [:]
        for field in line.split(separator: " ") {
            let parts = Substring(field).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { fields[parts[0]] = String(parts[1]) }
        }
        self.init(
            id: fields["id"].flatMap { Int64($0) } ?? 0, address: fields["addr"] ?? "", name: fields["name"] ?? "",
            library: fields["lib-name"] ?? "", command: fields["cmd"] ?? "",
            database: fields["db"].flatMap { Int($0) } ?? 0, age: fields["age"].flatMap { Int($0) } ?? 0,
            isReplication: fields["flags"].map { $0.contains("S") || $0.contains("M") } ?? false)
    }
}
