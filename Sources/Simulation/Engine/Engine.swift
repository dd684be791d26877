import CSimulation
import Locking
import Synchronization

/// Runs the jobs of one simulation, one after the other, on the thread that asked for it.
///
/// `RoutingExecutor` hands it every job that is made runnable on its thread. It is nobody's task executor: tasks that
/// have one look it up, under a lock, at every suspension. One engine runs many simulations one after the other; it
/// keeps its memory.
final class Engine: @unchecked Sendable {
    // Unchecked: all but `inbox` and `members` is used by the one thread whose `simulation_engine()` this is. The
    // accesses are not checked for overlap (`exclusivity`): they are several a scheduled job, none calls out while it
    // lasts, and the check would cost more than the access.

    let inbox = Inbox()

    @exclusivity(unchecked) var ready = ReadyQueue()
    @exclusivity(unchecked) var tasks = TaskTable()
    @exclusivity(unchecked) var labels = LabelTable()
    @exclusivity(unchecked) var timeline = Timeline()
    @exclusivity(unchecked) var events = TraceRecorder()

    @exclusivity(unchecked) var scheduler: any Scheduler = FirstComeScheduler()
    /// Replaces the scheduler in an exhaustive exploration.
    @exclusivity(unchecked) var search: SystematicSearch?
    /// What the current step has touched; kept for `search` only.
    @exclusivity(unchecked) var footprint = Footprint.everything
    @exclusivity(unchecked) var choices: [UInt32] = []

    @exclusivity(unchecked) var seed: UInt64 = 0
    @exclusivity(unchecked) var limits = SimulationLimits()
    /// Jobs run and points passed.
    @exclusivity(unchecked) var steps = 0
    @exclusivity(unchecked) var switches = 0
    @exclusivity(unchecked) var current = 0
    @exclusivity(unchecked) var currentJob: UnsafeRawPointer?
    /// The task that waits at a point for its turn, until it stands in `ready` again, and the choice made there.
    @exclusivity(unchecked) var parked: UnsafeContinuation<Void, Never>?
    @exclusivity(unchecked) var parkedTask = 0
    @exclusivity(unchecked) var parkedJob: UnsafeRawPointer?
    @exclusivity(unchecked) var isUnparking = false
    @exclusivity(unchecked) var picked = Engine.nothingPicked

    @exclusivity(unchecked) var escapes: [String] = []
    @exclusivity(unchecked) var isBodyDone = false
    @exclusivity(unchecked) var isAbandoned = false
    /// At which step to ask whether the run is cancelled.
    @exclusivity(unchecked) var nextAsking = Int.max
    /// The run has been judged; what is left is brought to its end.
    @exclusivity(unchecked) var isDraining = false

    static let nothingPicked = -1

    // MARK: - Which engine

    private static let runningCount = Atomic(0)
    private static let engines = Lock<[ObjectIdentifier: Engine]>([:])
    /// The runtime's numbers of this run's tasks, for other threads.
    private let members = Lock<Set<UInt64>>([])

    /// The engine whose simulation this thread runs.
    static var ofThisThread: Engine? {
        simulation_engine().map { Unmanaged<Engine>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Read for every job of the process that is no simulation's.
    static var isAnyRunning: Bool { runningCount.load(ordering: .relaxed) > 0 }

    /// By the runtime's number of a task.
    static func running(task: UInt64) -> Engine? {
        engines.withLock { $0.values.first { $0.members.withLock { $0.contains(task) } } }
    }

    func register(task: UInt64) { members.withLock { _ = $0.insert(task) } }

    @inline(__always)
    var isOfThisThread: Bool { simulation_engine() == Unmanaged.passUnretained(self).toOpaque() }

    /// Runs `body` as the process's simulation on this thread; every kind of outcome is a value.
    func run<Value: Sendable>(
        seed: UInt64, limits: SimulationLimits, body: @escaping @Sendable () async throws -> Value
    ) -> SimulationRun<Value> {
        reset(seed: seed, limits: limits)
        inbox.open()
        Self.engines.withLock { $0[ObjectIdentifier(self)] = self }
        Self.runningCount.wrappingAdd(1, ordering: .relaxed)
        simulation_set_engine(Unmanaged.passUnretained(self).toOpaque())
        defer {
            simulation_set_engine(nil)
            inbox.close()
            Self.runningCount.wrappingSubtract(1, ordering: .relaxed)
            Self.engines.withLock { $0[ObjectIdentifier(self)] = nil }
            members.withLock { $0.removeAll(keepingCapacity: true) }
            for job in inbox.take().jobs { Executors.leaveToProcess(ExecutorJob(job)) }
        }
        let result = BodyResult<Value>()
        // A fixed priority: one taken from the surroundings could change how an actor orders its mailbox.
        let root = Task(priority: .medium) {
            do { result.value = .success(try await body()) } catch { result.value = .failure(error) }
            self.isBodyDone = true
        }
        search?.begin()
        let ending = loop(root)
        search?.close(footprint)
        let run = summary(ending, result)
        drain(root)
        return run
    }

    private func reset(seed: UInt64, limits: SimulationLimits) {
        self.seed = seed
        self.limits = limits
        ready.removeAll()
        tasks.reset()
        timeline.reset()
        events.reset()
        choices.removeAll(keepingCapacity: true)
        steps = 0
        switches = 0
        current = 0
        currentJob = nil
        parked = nil
        parkedJob = nil
        picked = Self.nothingPicked
        footprint = .everything
        escapes = []
        isBodyDone = false
        isAbandoned = false
        isDraining = false
        nextAsking = limits.isCancelled == nil ? .max : 0
    }
}

/// What the body returned or threw.
final class BodyResult<Value: Sendable>: @unchecked Sendable {
    // Unchecked: written by the body's task and read by the thread that ran it, afterwards.
    var value: Result<Value, any Error>?
}
