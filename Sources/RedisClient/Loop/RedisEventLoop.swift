import CHiredis
import Support
import Synchronization

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The thread that waits for the sockets of all connections, pools and subscribers of the process.
///
/// It starts at the first use, sleeps in the kernel while there is no work, and lasts as long as the process. It
/// calls the callbacks of each ``RedisSubscriber``. A callback that blocks therefore blocks every connection.
///
/// The loop is also a task executor. Tasks that mostly talk to the server need fewer thread switches on it, and the
/// commands of one round need few writes:
///
/// ```swift
/// try await withTaskExecutorPreference(RedisEventLoop.shared) {
///   try await pool.send(RedisCommand("GET", "key"))
/// }
/// ```
///
/// Long computations must run elsewhere, because they would delay every connection.
///
/// Why this is not SwiftNIO: hiredis reads from its own socket and parses there, a channel of SwiftNIO owns its socket,
/// and NIO's selector is not public. NIO would therefore replace the parser as well. `Benchmarks/RedisClient/run`
/// compares the client with a C program on hiredis, and requires 65 % to 90 % of its throughput.
public final class RedisEventLoop: TaskExecutor, @unchecked Sendable {
    // @unchecked Sendable: `inbox` protects the state that other threads use. Only the loop's thread uses the fields
    // marked nonisolated(unsafe).

    /// The loop of all connections.
    public static let shared = RedisEventLoop()

    /// The work from other threads.
    private struct Inbox {
        var jobs: [UnownedJob] = []
        var work: [@Sendable () -> Void] = []
        var woken = false
    }

    /// The number of jobs in a round before the first write, and between further writes.
    ///
    /// An early write lets the server start early, but a system call costs as much as several commands.
    private static let jobsBeforeFirstFlush = 8
    private static let jobsBetweenFlushes = 32

    let poller = Poller()
    private let inbox = Lock(Inbox())
    /// The identity of the loop's thread, or 0 before the thread has stored it.
    ///
    /// No other thread equals it, so relaxed loads suffice.
    private let thread = Atomic<UInt>(0)
    // nonisolated(unsafe): only the loop's thread uses the six fields below.
    private nonisolated(unsafe) var jobs: [UnownedJob] = []  // The loop's thread only.
    private nonisolated(unsafe) var dirty: [Channel] = []  // The loop's thread only.
    private nonisolated(unsafe) var pollingTime = PollingTime()  // The loop's thread only.
    private nonisolated(unsafe) var handlers: [Registration] = []  // The loop's thread only.
    private nonisolated(unsafe) var timers = TimerHeap<@Sendable () -> Void>()  // The loop's thread only.
    private nonisolated(unsafe) var generation: UInt32 = 0  // The loop's thread only.

    /// The handler of a socket. The generation distinguishes two sockets that had the same descriptor one after the
    /// other.
    private struct Registration {
        var handler: (any PollHandler)?
        var generation: UInt32 = 0
    }

    private init() {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        defer { pthread_attr_destroy(&attributes) }
        #if canImport(Darwin)
            var identifier: pthread_t?
        #else
            var identifier = pthread_t()
        #endif
        let context = Unmanaged.passRetained(self).toOpaque()
        let status = pthread_create(
            &identifier, &attributes,
            { context in
                #if canImport(Darwin)
                    let loop = Unmanaged<RedisEventLoop>.fromOpaque(context).takeRetainedValue()
                #else
                    let loop = Unmanaged<RedisEventLoop>.fromOpaque(context!).takeRetainedValue()
                #endif
                loop.run()
                return nil
            }, context)
        precondition(status == 0, "the event loop's thread could not be started: error \(status)")
    }

    /// Whether the calling thread is the loop's thread.
    @inline(__always)
    var isCurrent: Bool { thread.load(ordering: .relaxed) == Self.currentThread }

    private static var currentThread: UInt {
        @inline(__always) get {
            #if canImport(Darwin)
                UInt(bitPattern: pthread_self())
            #else
                UInt(pthread_self())
            #endif
        }
    }

    // MARK: Any thread

    /// Runs a job of the Swift runtime on the loop's thread. The runtime calls this method.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if isCurrent {
            jobs.append(job)
            return
        }
        wakeIfNeeded { $0.jobs.append(job) }
    }

    /// Runs `work` on the loop's thread: at once if called there, otherwise later.
    func execute(_ work: @escaping @Sendable () -> Void) {
        if isCurrent { return work() }
        wakeIfNeeded { $0.work.append(work) }
    }

    private func wakeIfNeeded(_ change: (inout Inbox) -> Void) {
        let wake = inbox.withLock { inbox in
            change(&inbox)
            defer { inbox.woken = true }
            return !inbox.woken
        }
        if wake { poller.wake() }
    }

    // MARK: The loop's thread

    /// Writes the output of a connection at the end of this round, with all commands queued by then.
    @inline(__always)
    func markDirty(_ channel: Channel) {
        dirty.append(channel)
    }

    /// Starts to watch a socket and retains its handler.
    ///
    /// - Returns: the token for ``Poller/watchWriting(_:_:token:)``.
    func register(_ handler: any PollHandler, descriptor: Int32, writable: Bool) -> UInt64 {
        while handlers.count <= Int(descriptor) { handlers.append(Registration()) }
        generation &+= 1
        handlers[Int(descriptor)] = Registration(handler: handler, generation: generation)
        let token = UInt64(generation) << 32 | UInt64(descriptor)
        poller.add(descriptor, token: token, writable: writable)
        return token
    }

    /// Stops to watch a socket. The handler receives no further events, not even those that the kernel has reported
    /// already.
    func deregister(descriptor: Int32) {
        poller.remove(descriptor)
        handlers[Int(descriptor)].handler = nil
    }

    /// Calls `action` on the loop's thread once the monotonic clock has passed `deadline`.
    func schedule(at deadline: UInt64, _ action: @escaping @Sendable () -> Void) -> TimerHeap<Void>.Identifier {
        timers.insert(action, deadline: deadline)
    }

    /// Cancels a timer. No effect if it has fired.
    func cancelTimer(_ identifier: TimerHeap<Void>.Identifier) {
        timers.cancel(identifier)
    }

    private func run() {
        thread.store(Self.currentThread, ordering: .relaxed)
        let executor = asUnownedTaskExecutor()
        var running: [UnownedJob] = []
        while true {
            let woken = pollThenSleep()
            if woken { emptyInbox() }
            if timers.count > 0 { fireTimers() }
            // Jobs that these jobs enqueue run in the next round, so that the loop polls the sockets in between.
            swap(&running, &jobs)
            run(running, on: executor)
            running.removeAll(keepingCapacity: true)
        }
    }

    /// Runs jobs, and writes the commands that they send.
    private func run(_ jobs: [UnownedJob], on executor: UnownedTaskExecutor) {
        var jobsUntilFlush = Self.jobsBeforeFirstFlush
        for job in jobs {
            job.runSynchronously(on: executor)
            jobsUntilFlush -= 1
            if jobsUntilFlush == 0 {
                flushDirty()
                jobsUntilFlush = Self.jobsBetweenFlushes
            }
        }
        flushDirty()
    }

    /// Waits for work: polls for a while, and then sleeps.
    ///
    /// - Returns: whether another thread has put work into the inbox.
    private func pollThenSleep() -> Bool {
        let timeout = timeout()
        var hasCome = false
        var start: UInt64?
        func look(_ nanoseconds: UInt64) -> Bool {
            poller.wait(nanoseconds: nanoseconds) { event in
                // The wait ends here, before the first event is handled.
                if !hasCome, let start { pollingTime.waited(MonotonicTime.now() - start) }
                hasCome = true
                guard let event else { return }
                let registration = handlers[Int(truncatingIfNeeded: event.token & 0xFFFF_FFFF)]
                guard let handler = registration.handler, registration.generation == UInt32(event.token >> 32) else {
                    return
                }
                handler.ready(readable: event.readable, writable: event.writable)
            }
        }
        let woken = look(0)
        if hasCome || timeout == 0 { return woken }
        let waitsSince = MonotonicTime.now()
        start = waitsSince
        let limit = min(pollingTime.nanoseconds, timeout)
        while MonotonicTime.now() - waitsSince < limit {
            // Other threads with work for this core go first.
            sched_yield()
            let woken = look(0)
            if hasCome { return woken }
        }
        let wasWoken = look(timeout)
        if !hasCome { pollingTime.waited(MonotonicTime.now() - waitsSince) }
        return wasWoken
    }

    /// The maximum time to sleep in nanoseconds.
    private func timeout() -> UInt64 {
        guard jobs.isEmpty, dirty.isEmpty else { return 0 }
        guard timers.count > 0 else { return MonotonicTime.never }
        let deadline = timers.nextDeadline()
        let now = MonotonicTime.now()
        return deadline > now ? deadline - now : 0
    }

    private func emptyInbox() {
        let received = inbox.withLock { inbox in
            let received = inbox
            inbox = Inbox()
            return received
        }
        jobs.append(contentsOf: received.jobs)
        for work in received.work { work() }
    }

    private func fireTimers() {
        let now = MonotonicTime.now()
        while let action = timers.popDue(now: now) { action() }
    }

    private func flushDirty() {
        guard !dirty.isEmpty else { return }
        let channels = dirty
        dirty.removeAll(keepingCapacity: true)
        for channel in channels { channel.flush() }
    }
}

/// Receives the events of one socket on the loop's thread.
protocol PollHandler: AnyObject, Sendable {
    func ready(readable: Bool, writable: Bool)
}

/// The time to poll before sleeping. It becomes longer after short waits and shorter after long ones.
///
/// To wake a thread costs several microseconds, so a short wait is cheaper as polling, and a long wait must leave the
/// core to others. The time doubles and halves with the recent waits, as in the halt polling of the KVM hypervisor. A
/// pure value.
struct PollingTime {
    /// The longest wait for which polling is worth its cost, in nanoseconds: about a round trip to a local server.
    static let longest: UInt64 = 40_000
    private static let shortest: UInt64 = 2_500

    /// The maximum time to poll in nanoseconds. 0 means to look once.
    private(set) var nanoseconds: UInt64 = 0

    /// Adapts to a wait: the time of polling and sleeping together.
    mutating func waited(_ wait: UInt64) {
        if wait <= Self.longest {
            nanoseconds = min(max(nanoseconds * 2, Self.shortest), Self.longest)
        } else {
            nanoseconds = nanoseconds <= Self.shortest ? 0 : nanoseconds / 2
        }
    }
}
