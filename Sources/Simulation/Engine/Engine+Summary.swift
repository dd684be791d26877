extension Engine {
    func summary<Value>(_ ending: Ending, _ result: BodyResult<Value>) -> SimulationRun<Value> {
        var value: Value?
        let outcome: SimulationOutcome
        switch ending {
        case .bodyDone:
            switch result.value {
            case .success(let returned)?:
                value = returned
                outcome = .finished
            case .failure(let error)?: outcome = .failed(error)
            case nil: fatalError("the body ended without a result")
            }
        case .nothingRunnable: outcome = stuck()
        case .budgetSpent: outcome = .stepBudgetSpent(steps: steps, running: recentlyRunning())
        case .escaped: outcome = .escaped(escapes)
        case .abandoned: outcome = .abandoned
        }
        let trace = SimulationTrace(
            events: events.events, labels: labels.labels, names: tasks.entries.map(\.name))
        return SimulationRun(
            outcome: outcome, value: value, trace: trace, schedule: Schedule(seed: seed, codes: choices),
            steps: steps, switches: switches, tasks: tasks.entries.count, duration: .nanoseconds(timeline.now))
    }

    func name(of task: Int) -> String { tasks.entries[task].name ?? SimulationTrace.name(ofNamelessTask: task) }

    func report(of task: Int) -> TaskReport {
        let entry = tasks.entries[task]
        let point = entry.label == TaskTable.Entry.noLabel ? nil : labels.labels[entry.label].text
        return TaskReport(name: name(of: task), lastPoint: point)
    }

    /// The outcome when no task can run or sleeps, and the body has not ended.
    ///
    /// The engine does not see the end of a task without a name. The outcome lists such tasks only if no named task
    /// waits.
    private func stuck() -> SimulationOutcome {
        let unfinished = tasks.entries.indices.filter { !tasks.entries[$0].isFinished }
        let named = unfinished.filter { $0 != 0 && tasks.entries[$0].name != nil }
        // A task that waits for its own children is not the cause.
        let parents = Set(named.filter { tasks.entries[$0].isChild }.flatMap(ancestors(of:)))
        let waiting = named.filter { !parents.contains($0) }
        if waiting.count == 1 { return .lostContinuation(report(of: waiting[0])) }
        if waiting.count > 1 { return .deadlock(waiting.map(report(of:))) }
        return unfinished.count == 1 ? .lostContinuation(report(of: 0)) : .deadlock(unfinished.map(report(of:)))
    }

    private func ancestors(of task: Int) -> [Int] {
        sequence(first: task) { self.tasks.entries[$0].isChild ? self.tasks.entries[$0].parent : nil }.dropFirst().map {
            $0
        }
    }

    private func recentlyRunning() -> [TaskReport] {
        tasks.entries.indices.filter { tasks.entries[$0].lastStep > steps - 1_000 }.map(report(of:))
    }
}
