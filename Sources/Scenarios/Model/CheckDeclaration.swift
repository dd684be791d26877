import History

/// A question that a history must answer.
public enum CheckDeclaration: Sendable, Hashable {
    /// Does every key behave as one register, at whichever instance it is read?
    case linearizable(Method = .automatic)
    /// Does no read that starts after a finished invalidation return what was invalidated?
    ///
    /// An instance to which an invalidation is announced is held to it once it has applied it, and with a grace once
    /// that is over.
    case freshAfterInvalidation(grace: Duration? = nil)
    /// Does each worker see its own writes, and never go back in time?
    case sessions
    /// How old are the values that are served? With a bound, an older one is a violation; without, it is only measured.
    case staleness(atMost: Duration?)
    /// Does every layer of every instance agree with the origin whenever a phase inspects? Absent is agreement.
    case convergence
    /// Is nothing served past its deadline by more than the tolerance, which the time scale does not stretch?
    ///
    /// The lifetimes of the layers, and the host of each instance, are those of the cluster; without a cluster they are
    /// part of the question.
    case expiry(tolerance: Duration, lifetimes: [Layer: Duration]? = nil, hosts: [Int]? = nil)
    /// Does an invalidated tag take its whole group along, and nothing else?
    ///
    /// The grace is that of `freshAfterInvalidation`.
    case tags(lifetimes: [Layer: Duration]? = nil, grace: Duration? = nil)
    /// Are at most so many loads of a key from the origin in flight, in each instance or in the cluster?
    case loads(limit: Int = 1, scope: LoadScope = .instance)
    /// Does the bus give each event once to each other instance, and in order?
    ///
    /// Events of different instances must keep their order if `inOneOrder`; each of `subscribers` must be given every
    /// event of the others.
    case delivery(inOneOrder: Bool = false, subscribers: [Int] = [])
    /// Is every value served byte for byte as it was written?
    case serialisation
    /// Was every value that was seen under a key written under that key?
    case isolation
    /// Do resources stay within bounds, at any time and in the end?
    case resources(atMost: [String: Int], inTheEnd: [String: Int])
    /// Has each process one manager, which keeps to its limit, and is no connection open past it?
    ///
    /// The limit is that of the cluster's manager; without a cluster it is part of the question.
    case connections(limit: Int? = nil)

    /// Whose loads are counted together.
    public enum LoadScope: String, Sendable, Hashable, CaseIterable {
        /// `instance`: the loads of each instance; `cluster`: those of all instances together.
        case instance, cluster
    }

    /// How linearizability is decided.
    public enum Method: String, Sendable, Hashable, CaseIterable {
        /// For each key by what it recorded.
        case automatic
        /// Writes have versions that grow.
        case versions
        /// Writes have values that are unique.
        case zones
        /// By trying orders.
        case search
    }

    /// The word for it in a file.
    public var word: String {
        switch self {
        case .linearizable(.automatic): "linearizable"
        case .linearizable(let method): "linearizable-by-\(method.rawValue)"
        case .freshAfterInvalidation: "fresh-after-invalidation"
        case .sessions: "sessions"
        case .staleness: "staleness"
        case .convergence: "convergence"
        case .expiry: "expiry"
        case .tags: "tags"
        case .loads: "loads"
        case .delivery: "delivery"
        case .serialisation: "serialisation"
        case .isolation: "isolation"
        case .resources: "resources"
        case .connections: "connections"
        }
    }

    /// The words of the checks that a scenario may declare.
    public static let words = [
        "linearizable", "fresh-after-invalidation", "sessions", "staleness", "convergence", "expiry", "tags", "loads",
        "serialisation", "resources", "delivery", "connections",
    ]

    /// The words of all checks.
    public static let allWords =
        words + [
            "isolation", "linearizable-by-versions", "linearizable-by-zones", "linearizable-by-search",
        ]
}

/// What a run takes, as far as it is measured.
public enum Resource: String, Sendable, Hashable, CaseIterable {
    /// The run's connections at the server.
    case connections
    /// The memory that the process occupies, in bytes.
    case memory
    /// The run's keys in Redis: entries, floors, holds, and the rest.
    case redisKeys = "redis-keys"
}
