/// One step of a scenario. Phases run one after the other: a phase begins when the last operation of the one before
/// has returned.
public struct Phase: Sendable, Hashable {
    /// What is done in a phase.
    public enum Action: Sendable, Hashable {
        /// One operation on key after key.
        case sweep(Sweep)
        /// Whole groups are invalidated by their tags.
        case invalidateTags(TagSweep)
        /// Random operations by every worker at once.
        case mix(Mix)
        /// Operations named one by one, by several workers at once.
        case script(Script)
        /// Nothing, for a declared time; see ``Cluster/actual(_:in:)``.
        case wait(Duration)
        /// A look into every layer of every instance, which changes none.
        case inspect
    }

    /// Unique in the scenario. A phase without a name in the file is called by its word and its position, counted from
    /// 1: `read-2`.
    public var name: String
    /// What is done.
    public var action: Action

    /// Makes a phase.
    public init(name: String, action: Action) {
        self.name = name
        self.action = action
    }
}

/// Who does what a phase says.
public enum Actors: String, Sendable, Hashable, CaseIterable {
    /// The first worker of the first instance.
    case oneWorker = "one worker"
    /// The first worker of every instance, concurrently.
    case everyInstance = "every instance"
    /// Every worker of every instance, concurrently.
    case everyWorker = "every worker"

    /// How many workers that is in a cluster.
    public func count(in cluster: Cluster) -> Int {
        switch self {
        case .oneWorker: 1
        case .everyInstance: cluster.instances
        case .everyWorker: cluster.totalWorkers
        }
    }
}

/// One operation on key after key. Each of the actors goes through all of the keys.
public struct Sweep: Sendable, Hashable {
    /// What is done with each key.
    public enum Operation: String, Sendable, Hashable, CaseIterable {
        /// Asked for.
        case read
        /// Given a new version.
        case write
        /// Deleted from the origin.
        case delete
        /// Invalidated without being written.
        case invalidate
        /// Refilled in bulk by the warming of the cache, all keys in one request.
        case warm
    }

    /// What is done with each key.
    public var operation: Operation
    /// The names of the data sets, in order; never empty.
    public var data: [String]
    /// Only the first so many keys of each set; `nil` means all.
    public var keys: Int?
    /// The workers that do it.
    public var by: Actors

    /// Makes a sweep; each argument is the property of the same name.
    public init(_ operation: Operation, data: [String], keys: Int? = nil, by: Actors) {
        self.operation = operation
        self.data = data
        self.keys = keys
        self.by = by
    }
}

/// Tags invalidated one after the other by each of the actors.
public struct TagSweep: Sendable, Hashable {
    /// Never empty; each is carried by some data set.
    public var tags: [String]
    /// The workers that do it.
    public var by: Actors

    /// Makes a sweep over tags.
    public init(tags: [String], by: Actors) {
        self.tags = tags
        self.by = by
    }
}
