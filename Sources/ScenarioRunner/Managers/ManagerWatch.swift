import Judging
import Processes
import RedisClient
import Scenarios
import Support

/// What a run knows of the managers of its processes: of the one in this process, or of those in others by their logs.
final class ManagerWatch: Sendable {
    private enum Source {
        case own(ManagedRedis)
        case others(limit: Int, folder: String)
    }

    private let source: Source
    private let server: RedisServer
    /// Before the names of the managers' connections: clusters that share a manager share it.
    private let application: String
    private let final = Lock<ManagerRecord?>(nil)

    private init(_ source: Source, server: RedisServer, application: String) {
        self.source = source
        self.server = server
        self.application = application
    }

    convenience init(of redis: ManagedRedis, server: RedisServer, application: String) {
        self.init(.own(redis), server: server, application: application)
    }

    /// - Parameter folder: where the processes have their logs.
    convenience init(limit: Int, folder: String, server: RedisServer, application: String) {
        self.init(.others(limit: limit, folder: folder), server: server, application: application)
    }

    /// What is known at this moment.
    func processes() throws -> [ManagerRecord.Process] {
        switch source {
        case .own(let redis): [redis.record]
        case .others(_, let folder): try ManagerLog.read(folder: folder)
        }
    }

    private var limit: Int {
        switch source {
        case .own(let redis): redis.limit
        case .others(let limit, _): limit
        }
    }

    /// Takes down what is known, before the logs are removed. Logs that cannot be read leave nothing to tell; a check
    /// that needs them has failed then.
    func conclude() {
        let processes = (try? processes()) ?? []
        final.withLock { $0 = ManagerRecord(limit: limit, processes: processes) }
    }

    /// What was known when it was concluded.
    var record: ManagerRecord? { final.withLock { $0 } }

    /// Whether a connection of that name belongs to a manager of this run.
    func isManaged(_ name: String) -> Bool { name.hasPrefix(application + RedisManager.mark) }

    // MARK: Sampling

    /// A connection outside of what is watched.
    var samplerConfiguration: RedisConfiguration {
        var configuration = server.configuration
        configuration.clientName = "\(application).watcher\(ConnectionLedger.control)"
        // A list that is late is worth no more than none.
        configuration.connectTimeout = .seconds(1)
        configuration.commandTimeout = .seconds(1)
        return configuration
    }

    func makeLedger() -> ConnectionLedger {
        ConnectionLedger(
            application: application, outside: server.configuration.clientName, isAlone: server.isPrivate)
    }
}
