import CSimulation

extension Engine {
    /// The reason why the loop stopped.
    enum Ending {
        case bodyDone
        case nothingRunnable
        case budgetSpent
        case escaped
        case abandoned
    }

    /// Takes a job of this run that another thread made runnable.
    func receive(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        // After the end of the run a remaining job runs on the threads of the process, which frees its memory.
        if !inbox.put(job) { Executors.leaveToProcess(ExecutorJob(job)) }
    }

    func loop(_ root: Task<Void, Never>) -> Ending {
        while true {
            if steps >= nextAsking { askWhetherCancelled(root) }
            if parked != nil { unpark() }
            if inbox.isMarked { receive() }
            if !escapes.isEmpty { return .escaped }
            if isBodyDone { return .bodyDone }
            if isAbandoned { return .abandoned }
            if steps >= limits.steps { return .budgetSpent }
            if ready.isEmpty {
                // Another thread may be about to reply. Then the run is reported as an escape and not as a deadlock.
                if wakeSleepers() || inbox.waits(for: limits.escapeGrace) { continue }
                return .nothingRunnable
            }
            if picked == Self.nothingPicked {
                // The step ended, but not at a point: the task waits for something, or it has ended.
                if search != nil { accesses.isStructural = true }
                picked = choose(running: current, mayGoOn: false)
                if isAbandoned { return .abandoned }
            }
            runPicked()
        }
    }

    private func askWhetherCancelled(_ root: Task<Void, Never>) {
        let isCancelled = limits.isCancelled?() ?? false
        nextAsking = isCancelled ? .max : steps + 4096
        if isCancelled { root.cancel() }
    }

    @inline(__always)
    private func runPicked() {
        let (job, task) = ready.remove(at: picked)
        picked = Self.nothingPicked
        if task != current { switches += 1 }
        current = task
        steps += 1
        tasks.entries[task].lastStep = steps
        events.step(task)
        let pointer = unsafeBitCast(job, to: UnsafeMutableRawPointer.self)  // a job is one pointer
        currentJob = UnsafeRawPointer(pointer)
        if search != nil {
            accesses = takeAccesses(of: task, isMailbox: !Self.isTask(pointer))
        }
        simulation_run_job(pointer)
    }

    /// Adds the job to the runnable ones.
    @inline(__always)
    func push(_ job: UnownedJob) {
        let pointer = unsafeBitCast(job, to: UnsafeRawPointer.self)  // a job is one pointer
        if pointer == parkedJob {
            parkedJob = nil
            ready.append(job, task: parkedTask)
            return
        }
        // The job of an actor's mailbox has no number that the next run would repeat, so it takes the caller's
        // number.
        let task = Self.isTask(pointer) ? number(ofTask: pointer) : current
        if let search {
            accesses.isStructural = true
            // A task that continues behind a point was runnable all the time.
            if !isUnparking { tasks.entries[task].cause = search.current }
        }
        ready.append(job, task: task)
    }

    /// Whether a job is a task. Otherwise it is the mailbox of an actor.
    static func isTask(_ job: UnsafeRawPointer) -> Bool { simulation_job_flags(job) & 0xFF == 0 }

    static func isTask(_ job: borrowing ExecutorJob) -> Bool { isTask(pointer(to: job)) }

    /// The runtime's number of a task.
    static func number(ofTask job: borrowing ExecutorJob) -> UInt64 { simulation_task_number(pointer(to: job)) }

    private static func pointer(to job: borrowing ExecutorJob) -> UnsafeRawPointer {
        withUnsafePointer(to: job) { UnsafeRawPointer($0).load(as: UnsafeRawPointer.self) }  // a job is one pointer
    }

    @inline(__always)
    func number(ofTask pointer: UnsafeRawPointer) -> Int {
        let isChild = simulation_job_flags(pointer) & (1 << 24) != 0
        let key = simulation_task_number(pointer)
        let (task, isNew) = tasks.number(of: key, startedBy: current, isChild: isChild)
        if isNew { register(task: key) }
        if isNew, task == 0 { tasks.entries[0].name = "body" }
        if isNew, task > 0, search != nil { tasks.entries[task].confinement = tasks.entries[current].confinement }
        if isNew, limits.startsTouchNothing { tasks.entries[task].declared = .nothing }
        return task
    }

    /// Adds the task that waits at a point to the runnable ones.
    func unpark() {
        guard let continuation = parked else { return }
        parked = nil
        isUnparking = true
        continuation.resume()
        isUnparking = false
        parkedJob = nil
    }

    private func wakeSleepers() -> Bool {
        let woken = timeline.advance()
        guard !woken.isEmpty else { return false }
        events.time(timeline.now)
        search?.quiet()
        for sleeper in woken { sleeper.resume() }
        return true
    }

    /// Takes what other threads sent. Each of these messages is an escape.
    private func receive() {
        let (jobs, cancelledSleeps, escapes) = inbox.take()
        for job in jobs {
            push(job)
            let task = ready.tasks[ready.count - 1]
            escaped("another thread resumed \(report(of: task))")
        }
        for ticket in cancelledSleeps {
            timeline.remove(ticket)?.resume(throwing: CancellationError())
            escaped("another thread cancelled a sleeping task")
        }
        self.escapes += escapes
    }

    /// Ends the tasks that remain: cancels the body, wakes sleeping tasks with an error, and lets tasks pass points.
    /// A task that ignores all of this for `limits.steps` steps stays suspended.
    func drain(_ root: Task<Void, Never>) {
        isDraining = true
        if !isBodyDone { root.cancel() }
        search = nil
        steps = 0
        while steps < limits.steps {
            if parked != nil { unpark() }
            if inbox.isMarked { receive() }
            if ready.isEmpty {
                for sleeper in timeline.removeAll() { sleeper.resume(throwing: CancellationError()) }
                if ready.isEmpty { return }
            }
            picked = 0
            runPicked()
        }
    }
}
