import CHiredis
import Support
import Synchronization

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The one thread that waits for the sockets of every connection, pool and subscriber of the process.
///
/// It starts at the first use, sleeps in the kernel while there is nothing to do, and lasts as long as the process.
/// Callbacks of a ``RedisSubscriber`` run on it: what blocks there blocks every connection.
///
/// It is also a task executor. Tasks that mostly talk to the server run with fewer thread switches on it, and the
/// commands of one round go out in few writes:
///
/// ```swift
/// try await withTaskExecutorPreference(RedisEventLoop.shared) {
///   try await pool.send(RedisCommand("GET", "key"))
/// }
/// ```
///
/// Keep long computations off it.
public final class RedisEventLoop: TaskExecutor, @unchecked Sendable {
    // @unchecked Sendable: what other threads reach is behind `inbox`; everything marked nonisolated(unsafe) is touched
    // by the loop's own thread alone.

    /// The loop that everything uses.
    public static let shared = RedisEventLoop()

    /// What other threads hand over.
    private struct Inbox {
        var jobs: [UnownedJob] = []
        var work: [@Sendable () -> Void] = []
        var woken = false
    }

    /// After how many jobs of a round what they have sent is written for the first time and again. The server is to
    /// begin soon; but a system call costs as much as a few commands.
    private static let jobsBeforeFirstFlush = 8
    private static let jobsBetweenFlushes = 32

    let poller = Poller()
    private let inbox = Lock(Inbox())
    /// The loop's thread, stored by itself before anything else; 0 until then. No other thread ever equals it, so
    /// relaxed loads do.
    private let thread = Atomic<UInt>(0)
    // nonisolated(unsafe): the five below belong to the loop's thread.
    private nonisolated(unsafe) var jobs: [UnownedJob] = []  // The loop's thread only.
    private nonisolated(unsafe) var dirty: [Channel] = []  // The loop's thread only.
    private nonisolated(unsafe) var lookingTime = LookingTime()  // The loop's thread only.
    private nonisolated(unsafe) var handlers: [Registration] = []  // The loop's thread only.
    private nonisolated(unsafe) var timers = TimerHeap<@Sendable () -> Void>()  // The loop's thread only.
    private nonisolated(unsafe) var generation: UInt32 = 0

    /// A socket's handler. The generation tells apart two sockets that had the same number one after the other.
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

    /// Whether the calling thread is the loop's.
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

    // MARK: From any thread

    /// Runs a job of the Swift runtime on the loop's thread. Not for direct use.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if isCurrent {
            jobs.append(job)
            return
        }
        wakeIfNeeded { $0.jobs.append(job) }
    }

    /// Runs `work` on the loop's thread: later from any other thread, at once from its own.
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

    // MARK: On the loop's thread

    /// Has a connection written at the end of this round, with all else that was queued for it by then.
    @inline(__always)
    func markDirty(_ channel: Channel) {
        dirty.append(channel)
    }

    /// Begins to watch a socket and keeps its handler alive.
    /// - Returns: the token for ``Poller/watchWriting(_:_:token:)``.
    func register(_ handler: any PollHandler, descriptor: Int32, writable: Bool) -> UInt64 {
        while handlers.count <= Int(descriptor) { handlers.append(Registration()) }
        generation &+= 1
        handlers[Int(descriptor)] = Registration(handler: handler, generation: generation)
        let token = UInt64(generation) << 32 | UInt64(descriptor)
        poller.add(descriptor, token: token, writable: writable)
        return token
    }

    /// Stops watching. Events already taken from the kernel do not reach the handler any more.
    func deregister(descriptor: Int32) {
        poller.remove(descriptor)
        handlers[Int(descriptor)].handler = nil
    }

    /// Calls `action` on the loop's thread once the monotonic clock is past `deadline`.
    func schedule(at deadline: UInt64, _ action: @escaping @Sendable () -> Void) -> TimerHeap<Void>.Identifier {
        timers.insert(action, deadline: deadline)
    }

    /// Takes back a timer; harmless if it has fired.
    func cancelTimer(_ identifier: TimerHeap<Void>.Identifier) {
        timers.cancel(identifier)
    }

    private func run() {
        thread.store(Self.currentThread, ordering: .relaxed)
        let executor = asUnownedTaskExecutor()
        var running: [UnownedJob] = []
        while true {
            let woken = lookThenSleep()
            if woken { emptyInbox() }
            if timers.count > 0 { fireTimers() }
            // Jobs that these jobs enqueue wait for the next round, so that sockets are looked at in between.
            swap(&running, &jobs)
            run(running, on: executor)
            running.removeAll(keepingCapacity: true)
        }
    }

    /// Runs jobs, and writes what they send.
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

    /// Waits for something to do: looks for a while, in case it is about to come, and then sleeps.
    /// - Returns: whether another thread has put something into the inbox.
    private func lookThenSleep() -> Bool {
        let patience = patience()
        var hasCome = false
        var start: UInt64?
        func look(_ nanoseconds: UInt64) -> Bool {
            poller.wait(nanoseconds: nanoseconds) { event in
                // Before the first is handled, which takes its time and is no part of the wait.
                if !hasCome, let start { lookingTime.waited(MonotonicTime.now() - start) }
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
        if hasCome || patience == 0 { return woken }
        let waitsSince = MonotonicTime.now()
        start = waitsSince
        let limit = min(lookingTime.nanoseconds, patience)
        while MonotonicTime.now() - waitsSince < limit {
            // Whoever else has work for this core goes first.
            sched_yield()
            let woken = look(0)
            if hasCome { return woken }
        }
        let wasWoken = look(patience)
        if !hasCome { lookingTime.waited(MonotonicTime.now() - waitsSince) }
        return wasWoken
    }

    /// How long the kernel may keep the thread.
    private func patience() -> UInt64 {
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

/// Receives what the poller says about one socket, on the loop's thread.
protocol PollHandler: AnyObject, Sendable {
    func ready(readable: Bool, writable: Bool)
}
