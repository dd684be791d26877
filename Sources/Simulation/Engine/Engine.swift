import CSimulation
import Support
import Synchronization

/// Runs the jobs of one simulation, one after the other, on the calling thread.
///
/// `RoutingExecutor` passes each job that becomes runnable on this thread to the engine. The engine is not a task
/// executor, because a task with an executor of its own takes a lock to look it up at each suspension. One engine
/// runs many simulations, one after the other, and keeps its memory between them.
final class Engine: @unchecked Sendable {
    // Unchecked: only the thread whose `simulation_engine()` this is uses the fields, except `inbox` and `members`.
    // `exclusivity(unchecked)`: a scheduled job makes several accesses, none of them calls other code, and the
    // runtime check for overlap would cost more than the access.

    let inbox = Inbox()

    @exclusivity(unchecked) var ready = ReadyQueue()
    @exclusivity(unchecked) var tasks = TaskTable()
    @exclusivity(unchecked) var labels = LabelTable()
    @exclusivity(unchecked) var timeline = Timeline()
    @exclusivity(unchecked) var events = TraceRecorder()

    @exclusivity(unchecked) var scheduler: any Scheduler = FirstComeScheduler()
    /// Replaces the scheduler during an exhaustive exploration.
    @exclusivity(unchecked) var search: SystematicSearch?
    /// The accesses of the current step. Maintained only for `search`.
    @exclusivity(unchecked) var accesses = AccessSet.everything
    @exclusivity(unchecked) var choices: [UInt32] = []

    @exclusivity(unchecked) var seed: UInt64 = 0
    @exclusivity(unchecked) var limits = SimulationLimits()
    /// The number of jobs that ran and points that tasks passed.
    @exclusivity(unchecked) var steps = 0
    @exclusivity(unchecked) var switches = 0
    @exclusivity(unchecked) var current = 0
    @exclusivity(unchecked) var currentJob: UnsafeRawPointer?
    /// The task that waits at a point, until it is in `ready` again, and the decision made there.
    @exclusivity(unchecked) var parked: UnsafeContinuation<Void, Never>?
    @exclusivity(unchecked) var parkedTask = 0
    @exclusivity(unchecked) var parkedJob: UnsafeRawPointer?
    @exclusivity(unchecked) var isUnparking = false
    @exclusivity(unchecked) var picked = Engine.nothingPicked

    @exclusivity(unchecked) var escapes: [String] = []
    @exclusivity(unchecked) var isBodyDone = false
    @exclusivity(unchecked) var isAbandoned = false
    /// The step at which the engine next calls `limits.isCancelled`.
    @exclusivity(unchecked) var nextAsking = Int.max
    /// The run has its outcome, and the engine ends the tasks that remain.
    @exclusivity(unchecked) var isDraining = false

    static let nothingPicked = -1

    // MARK: - Lookup of engines

    private static let runningCount = Atomic(0)
    private static let engines = Lock<[ObjectIdentifier: Engine]>([:])
    /// The runtime's numbers of the tasks of this run. Other threads read them.
    private let members = Lock<Set<UInt64>>([])

    /// The engine of the simulation that this thread runs.
    static var ofThisThread: Engine? {
        simulation_engine().map { Unmanaged<Engine>.fromOpaque($0).takeUnretainedValue() }
    }

    /// The executors read this for every job of the process outside simulations.
    static var isAnyRunning: Bool { runningCount.load(ordering: .relaxed) > 0 }

    /// The engine of the task with this number of the runtime.
    static func running(task: UInt64) -> Engine? {
        engines.withLock { $0.values.first { $0.members.withLock { $0.contains(task) } } }
    }

    func register(task: UInt64) { members.withLock { _ = $0.insert(task) } }

    @inline(__always)
    var isOfThisThread: Bool { simulation_engine() == Unmanaged.passUnretained(self).toOpaque() }

    /// Runs `body` as a simulation on this thread. The result has a value for each kind of outcome.
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
        // The priority is fixed: an inherited one could change the order in an actor's mailbox.
        let root = Task(priority: .medium) {
            do { result.value = .success(try await body()) } catch { result.value = .failure(error) }
            self.isBodyDone = true
        }
        search?.begin()
        let ending = loop(root)
        search?.close(accesses)
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
        accesses = .everything
        escapes = []
        isBodyDone = false
        isAbandoned = false
        isDraining = false
        nextAsking = limits.isCancelled == nil ? .max : 0
    }
}

/// The value or error of the body.
final class BodyResult<Value: Sendable>: @unchecked Sendable {
    // Unchecked: the body's task writes the field. The thread that ran the task reads it afterwards.
    var value: Result<Value, any Error>?
}

/// The runnable jobs, in the order in which they became runnable.
struct ReadyQueue {
    private var jobs: [UnownedJob] = []
    /// The task of each job. A task can appear twice: an actor's mailbox has the number of the task that filled it.
    private(set) var tasks: [Int] = []

    var isEmpty: Bool { tasks.isEmpty }
    var count: Int { tasks.count }

    mutating func append(_ job: UnownedJob, task: Int) {
        jobs.append(job)
        tasks.append(task)
    }

    mutating func remove(at index: Int) -> (job: UnownedJob, task: Int) {
        (jobs.remove(at: index), tasks.remove(at: index))
    }

    mutating func removeAll() {
        jobs.removeAll(keepingCapacity: true)
        tasks.removeAll(keepingCapacity: true)
    }
}
