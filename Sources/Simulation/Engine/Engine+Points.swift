import CSimulation

extension Engine {
    /// Handles a point that the running task has reached. Returns whether the task must suspend there, because
    /// another task is next.
    func reached(_ name: StaticString, _ declared: AccessSet?) -> Bool {
        let task = runningTask()
        let label = labels.number(of: name)
        events.point(task, label)
        steps += 1
        if tasks.isFirstPoint(of: task, label: label, step: steps) { askForName(task) }
        // In an actor's mailbox, or after `Task.immediate`, another task may have stopped at a point earlier in this
        // job.
        if parked != nil {
            unpark()
            picked = Self.nothingPicked
        }
        if isDraining { return mustMakeWay() }
        if steps >= limits.steps { return true }
        if search != nil { tasks.entries[task].declared = declare(declared, of: task) }
        let choice = choose(running: task, mayGoOn: true)
        if isAbandoned { return true }
        guard choice == ready.count else {
            picked = choice
            return true
        }
        if search != nil {
            accesses = takeAccesses(of: task, isMailbox: false)
        }
        return false
    }

    /// Records a trace point: the running task continues without a scheduling decision.
    func passed(_ name: StaticString) {
        let task = runningTask()
        let label = labels.number(of: name)
        events.point(task, label)
        if tasks.isFirstPoint(of: task, label: label, step: steps) { askForName(task) }
    }

    /// Stores the continuation of a task that has suspended at its point.
    func park(_ continuation: UnsafeContinuation<Void, Never>) {
        events.stopped()
        parked = continuation
        parkedJob = simulation_running_task()
        parkedTask = runningTask()
    }

    /// After the run all other tasks go first. The limit of steps stops a task that passes points without end.
    private func mustMakeWay() -> Bool { !ready.isEmpty || steps >= limits.steps }

    @inline(__always)
    func runningTask() -> Int {
        guard let pointer = simulation_running_task(), pointer != currentJob else { return current }
        return number(ofTask: pointer)
    }

    /// Returns the index in `ready` of the next job, or `ready.count` if the running task continues.
    @inline(__always)
    func choose(running: Int, mayGoOn: Bool) -> Int {
        if let search { return systematicChoice(search, running: running, mayGoOn: mayGoOn) }
        let count = ready.count
        if mayGoOn ? count == 0 : count == 1 { return 0 }
        let index = scheduler.choose(from: ready.tasks.span, running: running, mayGoOn: mayGoOn)
        precondition(
            index >= 0 && (mayGoOn ? index <= count : index < count),
            "the scheduler returned an index that is out of range")
        choices.append(Choice(index, among: ready.tasks.span, running: running, mayGoOn: mayGoOn).code)
        return index
    }

    private func systematicChoice(_ search: SystematicSearch, running: Int, mayGoOn: Bool) -> Int {
        let options = Choice.all(among: ready.tasks, running: running, mayGoOn: mayGoOn)
        var index = Choice.usualIndex(among: ready.tasks.span, running: running, mayGoOn: mayGoOn)
        if search.isOn {
            let causes = options.map { tasks.entries[$0.task].cause }
            guard let chosen = search.choose(among: options, causes: causes, after: accesses) else {
                isAbandoned = true
                return 0
            }
            // The search returns one of the options.
            index = chosen.index(among: ready.tasks.span, running: running, mayGoOn: mayGoOn)!
        }
        if options.count > 1 {
            choices.append(Choice(index, among: ready.tasks.span, running: running, mayGoOn: mayGoOn).code)
        }
        return index
    }

    func note(_ name: StaticString, _ value: Int) {
        let task = runningTask()
        if tasks.entries[task].name == nil { askForName(task) }
        events.note(task, labels.number(of: name), value)
    }

    // MARK: - Names

    private func askForName(_ task: Int) {
        guard tasks.entries[task].name == nil else { return }
        if #available(macOS 26.0, iOS 26.0, watchOS 26.0, tvOS 26.0, visionOS 26.0, *) {
            tasks.entries[task].name = Task<Never, Never>.name
        }
    }

    func beginName(_ name: String) -> Int {
        let task = runningTask()
        tasks.entries[task].name = name
        tasks.entries[task].isFinished = false
        return task
    }

    func endName(_ task: Int) { tasks.entries[task].isFinished = true }

    // MARK: - Time

    func sleep(until deadline: Int64, ticket: Int, _ sleeper: Timeline.Sleeper) {
        if isDraining {
            steps += 1
            // A task that ignores the error and sleeps again would never suspend. It stays asleep.
            if steps < limits.steps { sleeper.resume(throwing: CancellationError()) }
        } else if Task<Never, Never>.isCancelled {
            sleeper.resume(throwing: CancellationError())
        } else if deadline <= timeline.now {
            sleeper.resume()
        } else {
            timeline.add(sleeper, until: deadline, ticket: ticket)
        }
    }

    /// Cancels a sleep. The cancellation can come from any thread.
    func cancelSleep(_ ticket: Int) {
        if isOfThisThread {
            timeline.remove(ticket)?.resume(throwing: CancellationError())
        } else {
            inbox.put(cancelledSleep: ticket)
        }
    }

    // MARK: - Escapes

    /// Records that work has left the simulation, or that work of the process has entered it.
    func escaped(_ what: String) {
        guard isOfThisThread else { return inbox.put(escape: what) }
        if !isDraining { escapes.append(what) }
    }
}
