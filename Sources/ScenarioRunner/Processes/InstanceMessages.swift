import CacheHierarchy
import History
import Processes
import RedisClient
import Scenarios

/// All that a process needs to know to be an instance.
struct InstanceSettings: Sendable, Codable {
    /// The place in the cluster, counted from 0.
    var number: Int
    /// Which instance in this place it is, counted from 0.
    var incarnation: Int
    /// Before the names of the instances.
    var prefix: String
    var cluster: Cluster
    var data: [DataSet]
    var defects: Set<Defect>
    var isSkewed: Bool
    var watchesCommits: Bool
    var observesBus: Bool
    var redis: ServerSettings
    var tier: RedisSharedTier.Configuration
    /// Paths of the origin's file, of the host's L3 if there is one, and of what this process is to record.
    var origin: String
    var host: String?
    var journal: String

    /// The name of the instance.
    var name: String { InstanceStarter.name(of: number, incarnation, prefix: prefix) }
    /// All keys of all data sets.
    var keysInUse: [KeyInUse] { data.flatMap { $0.keysInUse(of: cluster.tenant) } }
}

/// How to connect to the server.
struct ServerSettings: Sendable, Codable {
    private let url: String
    private let connectTimeout: Duration
    private let commandTimeout: Duration?
    private let heartbeatInterval: Duration?
    private let replySize: Int

    init(_ configuration: RedisConfiguration) {
        url = configuration.url
        connectTimeout = configuration.connectTimeout
        commandTimeout = configuration.commandTimeout
        heartbeatInterval = configuration.heartbeatInterval
        replySize = configuration.replyLimits.size
    }

    func configuration() throws -> RedisConfiguration {
        var configuration = try RedisConfiguration(url: url)
        configuration.connectTimeout = connectTimeout
        configuration.commandTimeout = commandTimeout
        configuration.heartbeatInterval = heartbeatInterval
        configuration.replyLimits.size = replySize
        return configuration
    }
}

/// What the runner tells a process, a line each. The end of its input ends it.
struct InstanceOrder: Sendable, Codable {
    enum What: Sendable, Codable {
        /// Join the cluster.
        case join
        /// A worker, counted over the whole run, is to do what the text of a plan says.
        case perform(worker: Int, operations: String)
        case inspectOwnMemory(worker: Int)
        case settle(time: Int64, deadline: Int64)
        case inspect([Layer], [String])
        case warm([String])
        case heal(within: Int64)
        case jump(by: Int64)
        /// Kill yourself after the next commit; or no more.
        case die(atCommit: Bool)
        /// Say what the bus has done.
        case countBus
        /// Say that you are alive.
        case answer
        /// Leave the cluster.
        case stop
    }

    /// Counted from 1.
    let number: Int
    let what: What
}

/// What a process answers, a line each.
struct InstanceAnswer: Sendable, Codable {
    enum What: Sendable, Codable {
        case done
        case warmed(SeatWarming)
        case healed(Bool)
        case bus(BusCounts?)
        /// How many operations its workers have finished so far.
        case alive(finished: Int)
        case failed(String)
    }

    /// That of the order.
    let number: Int
    let what: What
}
