public import History

/// Who has dropped an old value by the time that a write or an invalidation returns.
public enum InvalidationMode: String, Sendable, Hashable, CaseIterable, Codable {
    /// Every live instance: reads are linearizable across instances.
    case acknowledged
    /// The instance that did it; the others get a message and drop it soon after. Staleness is bounded and measured.
    case announced
}

/// What an instance is in the live world. In the simulated one it is always simulated.
public enum Placement: String, Sendable, Hashable, CaseIterable, Codable {
    /// Tasks of the process that runs the scenario.
    case tasks
    /// An operating-system process of its own: with its own memory, its own death, and a clock that goes on without it.
    case processes
}

/// How instances hear of each other's invalidations.
public enum Bus: String, Sendable, Hashable, CaseIterable, Codable {
    /// Over a channel of Redis. Who is away misses what is announced.
    case pubSub = "pub-sub"
    /// Over a stream of Redis. Who is away reads afterwards what was announced.
    case streams
}

/// The copies of the application under test and the layers they cache in.
public struct Cluster: Sendable, Hashable, Codable {
    /// Copies of the application, at least 1.
    public var instances: Int
    /// Hosts that the instances are dealt out to in turn, at least 1 and at most `instances`. A host has one L3.
    public var hosts: Int
    /// Concurrent clients inside each instance, at least 1. Each has an L1 of its own.
    public var workers: Int
    /// What an instance is in the live world.
    public var placement: Placement
    /// What a finished write or invalidation promises.
    public var invalidation: InvalidationMode
    /// How instances hear of each other's invalidations.
    public var bus: Bus
    /// About how many announcements a stream keeps, at least 1.
    public var busLength: Int
    /// How many times faster declared TTLs and waits pass in the live world, at least 1.
    public var timeScale: Double
    /// How long an instance serves from its own layers without a sign of life from Redis; no time scale shortens it.
    public var lease: Duration
    /// The versions of the application that the instances run, dealt out to them in turn; never empty. They differ only
    /// in what they know of records with schemas.
    public var applications: [Int]
    /// Names of applications that run at the same time on one Redis, each with a cluster like this one, the same data
    /// and an origin of its own; none for one application alone.
    public var tenants: [String]
    /// The caching layers, innermost first; empty only for ``History/ProviderKind/none``.
    public var layers: [LayerDeclaration]
    /// The provider that has these layers, if the file names one. Then instances hear of each other's writes through
    /// the storage, and Redis keeps entries and no more; `nil`, and Redis does both.
    public var provider: ProviderKind?
    /// The one manager of each process; `nil`, and every instance opens connections of its own.
    public var manager: ManagerDeclaration?

    /// Makes a cluster; each argument is the property of the same name. Nothing is validated.
    public init(
        instances: Int = 1,
        hosts: Int = 1,
        workers: Int = 1,
        placement: Placement = .tasks,
        invalidation: InvalidationMode = .acknowledged,
        bus: Bus = .pubSub,
        busLength: Int = Self.usualBusLength,
        timeScale: Double = 1,
        lease: Duration = .seconds(2),
        applications: [Int] = [1],
        tenants: [String] = [],
        layers: [LayerDeclaration] = Layer.caches.map { LayerDeclaration($0) },
        provider: ProviderKind? = nil,
        manager: ManagerDeclaration? = nil
    ) {
        self.instances = instances
        self.hosts = hosts
        self.workers = workers
        self.placement = placement
        self.invalidation = invalidation
        self.bus = bus
        self.busLength = busLength
        self.timeScale = timeScale
        self.lease = lease
        self.applications = applications
        self.tenants = tenants
        self.layers = layers
        self.provider = provider
        self.manager = manager
    }

    /// The workers of all instances together.
    public var totalWorkers: Int { instances * workers }

    /// The host of an instance, both counted from 0: instances are dealt out in turn.
    public func host(ofInstance instance: Int) -> Int { instance % hosts }

    /// The version of the application that an instance runs, counted from 0.
    public func application(ofInstance instance: Int) -> Int { applications[instance % applications.count] }

    /// The declaration of a layer, `nil` if the cluster does without it.
    public func declaration(of layer: Layer) -> LayerDeclaration? { layers.first { $0.layer == layer } }

    /// Of a stream whose length is not declared.
    public static let usualBusLength = 100_000

    /// With a shorter one an instance is distrusted whenever the machine is busy.
    public static let shortestLease: Duration = .milliseconds(100)

    /// How long a declared time to live or wait really lasts in a world: divided by the time scale in the live one,
    /// unchanged in the simulated one, where waiting costs nothing.
    public func actual(_ declared: Duration, in world: World) -> Duration {
        world == .live && timeScale != 1 ? declared / timeScale : declared
    }
}

/// The one manager of each process: all of its instances send their commands through one pool, behind one circuit
/// breaker.
public struct ManagerDeclaration: Sendable, Hashable, Codable {
    /// The most connections of its pool, from 2 to 200; subscribers have connections of their own besides.
    public var connections: Int
    /// So many failures in a row open the breaker, at least 1.
    public var failures: Int
    /// For how long the breaker leaves the server alone at first. No time scale shortens it.
    public var rest: Duration
    /// For how long at most, as the rest doubles with each attempt that fails; at least ``rest``.
    public var longestRest: Duration

    /// Makes a manager; each argument is the property of the same name.
    public init(
        connections: Int = 200, failures: Int = 5, rest: Duration = .milliseconds(100),
        longestRest: Duration = .seconds(1)
    ) {
        self.connections = connections
        self.failures = failures
        self.rest = rest
        self.longestRest = longestRest
    }

    /// How many connections a pool may be allowed.
    public static let bounds = 2...200
}
