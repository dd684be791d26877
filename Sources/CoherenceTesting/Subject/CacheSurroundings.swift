import AdapterProtocol
import CacheHierarchy
import ScenarioRunner

/// What one instance of a cache is given by the run that it is part of.
///
/// A cache that takes its time from ``clock``, its data from ``origin`` and its tasks from Swift can run in a
/// simulation too.
public struct CacheSurroundings: Sendable {
    private let local: LocalSurroundings

    init(_ local: LocalSurroundings) {
        self.local = local
        origin = SystemOfRecord(local)
        clock = SubjectClock(base: local.clock)
    }

    /// The system of record, in place of the database.
    public let origin: SystemOfRecord
    /// The time that the run goes by.
    public let clock: SubjectClock
    /// Which instance it is, counted from 0.
    public var instance: Int { local.start.instance }
    /// How many instances there are.
    public var instances: Int { local.start.instances }
    /// How many workers each instance has: tasks that call it at the same time.
    public var workers: Int { local.start.workers }
    /// The Redis of the run, on a port of this instance's own, so that faults can cut it off; `nil` in a simulation.
    public var redisURL: String? { local.start.redis }
    /// Begins every key in Redis, and is nobody else's.
    public var namespace: String { local.start.namespace }
    /// A folder that the instances of a host share; `nil` in a simulation.
    public var directory: String? { local.isLive ? local.start.directory : nil }
    /// What the scenario says under `subject: { config: … }`, as texts.
    public var configuration: [String: String] { local.start.configuration }
    /// Decides what the instance draws at random.
    public var seed: UInt64 { local.start.seed }
    /// Whether it runs in a simulation: in virtual time, without Redis and without files.
    public var isSimulated: Bool { !local.isLive }

    /// One value of a type for all instances of the run: what stands for a bus or a server in memory. The instance that
    /// asks first makes it. Each run has its own.
    public func shared<Value: Sendable>(_ make: () -> Value) -> Value { local.shared.value(make) }

    /// The worker on whose behalf the calling task runs, counted within its instance from 0; `nil` for work that the
    /// cache does on its own, in detached tasks for example.
    public static var worker: Int? { LocalSurroundings.worker }
}
