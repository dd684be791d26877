import CSimulation

extension Engine {
    /// The running task has reached a point. Whether it must suspend there, because it is another's turn.
    func reached(_ name: StaticString, _ declared: Footprint?) -> Bool {
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
            footprint = takeFootprint(of: task, isMailbox: false)
        }
        return false
    }

    /// The running task has come to a place where nobody need be given a turn.
    func passed(_ name: StaticString) {
        let task = runningTask()
        let label = labels.number(of: name)
        events.point(task, label)
        if tasks.isFirstPoint(of: task, label: label, step: steps) { askForName(task) }
    }

    /// The task has suspended at its point.
    func park(_ continuation: UnsafeContinuation<Void, Never>) {
        events.stopped()
        parked = continuation
        parkedJob = simulation_running_task()
        parkedTask = runningTask()
    }

    /// After the run everybody else goes first; who passes points without end and alone is stopped by the limit.
    private func mustMakeWay() -> Bool { !ready.isEmpty || steps >= limits.steps }

    @inline(__always)
    func runningTask() -> Int {
        guard let pointer = simulation_running_task(), pointer != currentJob else { return current }
        return number(ofTask: pointer)
    }

    /// The place in `ready` of the job to run now, or `ready.count` for the running task to go on.
    @inline(__always)
    func choose(running: Int, mayGoOn: Bool) -> Int {
        if let search { return systematicChoice(search, running: running, mayGoOn: mayGoOn) }
        let count = ready.count
        if mayGoOn ? count == 0 : count == 1 { return 0 }
        let index = scheduler.choose(from: ready.tasks.span, running: running, mayGoOn: mayGoOn)
        precondition(index >= 0 && (mayGoOn ? index <= count : index < count), "a scheduler chose what is not there")
        choices.append(Choice(index, among: ready.tasks.span, running: running, mayGoOn: mayGoOn).code)
        return index
    }

    private func systematicChoice(_ search: SystematicSearch, running: Int, mayGoOn: Bool) -> Int {
        let options = Choice.all(among: ready.tasks, running: running, mayGoOn: mayGoOn)
        var index = Choice.usualIndex(among: ready.tasks.span, running: running, mayGoOn: mayGoOn)
        if search.isOn {
            let causes = options.map { tasks.entries[$0.task].cause }
            guard let chosen = search.choose(among: options, causes: causes, after: footprint) else {
                isAbandoned = true
                return 0
            }
            // It is one of the options.
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
            // Who ignores the error and sleeps again, for ever, would never suspend: it is left asleep.
            if steps < limits.steps { sleeper.resume(throwing: CancellationError()) }
        } else if Task<Never, Never>.isCancelled {
            sleeper.resume(throwing: CancellationError())
        } else if deadline <= timeline.now {
            sleeper.resume()
        } else {
            timeline.add(sleeper, until: deadline, ticket: ticket)
        }
    }

    /// A task that sleeps was cancelled, on whatever thread.
    func cancelSleep(_ ticket: Int) {
        if isOfThisThread {
            timeline.remove(ticket)?.resume(throwing: CancellationError())
        } else {
            inbox.put(cancelledSleep: ticket)
        }
    }

    // MARK: - Escapes

    /// Work has left the simulation, or something of the process has come in.
    func escaped(_ what: String) {
        guard isOfThisThread else { return inbox.put(escape: what) }
        if !isDraining { escapes.append(what) }
    }
}
