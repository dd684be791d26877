/// The clients that are connected to a server, as the server lists them.
public struct ConnectionAudit: Sendable, Hashable {
    /// One line of `CLIENT LIST`.
    public struct Client: Sendable, Hashable, CustomStringConvertible {
        /// The server's number of the connection.
        public var id: Int64
        /// The address and port of the client, or the path of a Unix socket.
        public var address: String
        /// The name that the client has set, or empty.
        public var name: String
        /// The name of the client's library, or empty.
        public var library: String
        /// The last command of the client, in lower case.
        public var command: String
        /// The database that the client has selected.
        public var database: Int
        /// The time since the client connected, in whole seconds.
        public var age: Int
        /// Whether the client is part of a replication: a replica or a primary.
        public var isReplication: Bool

        /// Name, number, address, database, last command and library, in one line.
        public var description: String {
            let name = name.isEmpty ? "a client without a name" : "\"\(name)\""
            let library = library.isEmpty ? "" : ", library \(library)"
            return "\(name) (id \(id), from \(address), database \(database), last command \(command)\(library))"
        }
    }

    /// The connections of the pool of the manager that asked.
    public var own: [Client]
    /// The connections of the manager's subscribers. ``limit`` does not include them.
    public var ownSubscribers: [Client]
    /// The connections of managers in other processes.
    public var ofOtherManagers: [Client]
    /// The connections without a manager that were not expected.
    public var pastTheManager: [Client]
    /// The maximum number of connections in the manager's pool.
    public var limit: Int

    /// Whether all connections belong to a manager or were expected, and the own pool is within its limit.
    public var isClean: Bool { pastTheManager.isEmpty && own.count <= limit }
}

extension RedisManager {
    /// Asks the server for its clients. O(n) in their number.
    ///
    /// The server does not know the process of a client. Each client without the name of a manager therefore counts
    /// as one without a manager. On a server that other applications use too, the audit finds their clients.
    ///
    /// - Parameter names: the names of clients that need no manager, for example of a monitoring agent.
    /// - Returns: the clients by the manager that they belong to.
    /// - Throws: ``RedisError``, as ``send(_:)``; `protocolError` if the reply is not a list of clients.
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
    /// Reads the reply to `CLIENT LIST`. O(n).
    public static func clients(listed text: String) -> [Client] {
        text.split(whereSeparator: \.isNewline).map { Client($0) }
    }
}

extension ConnectionAudit.Client {
    /// - Parameter line: `id=3 addr=127.0.0.1:5 … name= …`, with the fields in any order. A missing field is empty or
    ///   0.
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
