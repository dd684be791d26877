import Checking
import RedisClient

/// Makes of one list of a server's connections after the other what there is to say about them.
///
/// What is counted was there in two lists in a row, as the same connection: one that its owner has closed may be
/// listed until the server has noticed, beside the one that is open in its place. A stranger is told once, and at
/// once.
struct ConnectionLedger {
    /// What the names of this run's connections begin with.
    let application: String
    /// What the run itself calls connections that it has beside those of the cache.
    let outside: String?
    /// Whether there is nobody else at the server, so that a connection without a name of this run's is one of this
    /// run's all the same.
    let isAlone: Bool

    private var previous: Set<Int64> = []
    private var told: Set<Int64> = []

    init(application: String, outside: String?, isAlone: Bool) {
        self.application = application
        self.outside = outside
        self.isAlone = isAlone
    }

    /// At the end of the names of connections by which a run looks at the server, and brings its faults about.
    static let control = ".control"

    /// Takes the next list.
    /// - Returns: what is to be recorded of it.
    mutating func take(_ clients: [ConnectionAudit.Client]) -> [(subject: Connections.Subject, count: Int64)] {
        var counts: [Connections.Subject: Int64] = [.list: Int64(clients.count)]
        let mark = application + RedisManager.mark
        for client in clients where !client.isReplication {
            if client.name.hasPrefix(mark) {
                let isSubscriber = client.name.dropFirst(mark.count).contains("/")
                let subject: Connections.Subject = isSubscriber ? .subscriber(client.name) : .pool(client.name)
                counts[subject, default: 0] += previous.contains(client.id) ? 1 : 0
            } else if isStranger(client), told.insert(client.id).inserted {
                counts[.stranger(Self.text(client))] = 1
            }
        }
        previous = Set(clients.map(\.id))
        return counts.map { ($0.key, $0.value) }
    }

    private func isStranger(_ client: ConnectionAudit.Client) -> Bool {
        if client.name == outside { return false }
        if isOfThisCluster(client.name) { return !client.name.hasSuffix(Self.control) }
        if !isAlone || isOfAnotherCluster(client.name) { return false }
        // Who has not even said his name yet may still turn out to be a manager's.
        return !client.name.isEmpty
            || !["", "NULL", "auth", "hello", "client", "client|setname"].contains(client.command)
    }

    private func isOfThisCluster(_ name: String) -> Bool {
        name.hasPrefix(application + ".") || name.hasPrefix(application + "/")
    }

    /// Whether it is of a cluster of the same run, which is judged by itself: of one that is gone, as the server may not
    /// have noticed, or of another tenant. A run numbers its clusters, behind a dash.
    private func isOfAnotherCluster(_ name: String) -> Bool {
        guard let dash = application.lastIndex(of: "-") else { return false }
        return name.hasPrefix(application[...dash])
    }

    /// What does not change from list to list.
    private static func text(_ client: ConnectionAudit.Client) -> String {
        let name = client.name.isEmpty ? "a client without a name" : "\"\(client.name)\""
        return "\(name) (id \(client.id), from \(client.address), last command \(client.command))"
    }
}
