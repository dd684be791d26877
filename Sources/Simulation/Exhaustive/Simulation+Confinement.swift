extension Simulation {
    /// The task promises that, until the body returns, it touches nothing that tasks share but this object, and what it
    /// tells by `touch(_:_:)` and by points that declare it. So do the tasks that it begins meanwhile.
    ///
    /// For exhaustive exploration: without such a promise every step may touch anything, and no order can be left out. What
    /// a step does to the object need not be told: it counts as changed by every step but those behind a point that declares
    /// what it touches. The promise includes what tasks wait for and by whom they are woken, but for the end of the
    /// children of a task group that nobody looks at one by one, which needs no telling. It is believed: a false one hides
    /// schedules. An actor that it calls must be called by tasks with the same object only.
    @discardableResult
    nonisolated(nonsending) public static func confined<Value, Failure: Error>(
        to object: some Hashable, _ body: nonisolated(nonsending) () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        try await confined(Footprint.object(object.hashValue, .writes), body)
    }

    /// The same for a task that has no object of its own and tells all it touches.
    @discardableResult
    nonisolated(nonsending) public static func confined<Value, Failure: Error>(
        _ body: nonisolated(nonsending) () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        try await confined(.nothing, body)
    }

    nonisolated(nonsending) private static func confined<Value, Failure: Error>(
        _ own: Footprint, _ body: nonisolated(nonsending) () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        guard withEngine({ $0.search != nil }) == true else { return try await body() }
        var own = own
        own.isConfined = true
        let previous = withEngine { $0.confine(to: own) } ?? .everything
        defer { withEngine { _ = $0.confine(to: previous) } }
        return try await body()
    }

    /// Tells that the step that is running touches an object: to be called by whatever tasks share, at each access.
    public static func touch(_ object: @autoclosure () -> some Hashable, _ manner: Manner) {
        withEngine { engine in
            guard engine.search != nil else { return }
            engine.footprint.add(Footprint.Touch(object: object().hashValue, manner: manner))
        }
    }

    /// The part of a body whose decisions `exhaust(_:)` explores when it is told to explore what is marked. It begins and
    /// ends when nothing else can run: what others still have to do is explored with it.
    ///
    /// In any other simulation it is the same without being explored; outside a simulation it is its body.
    nonisolated(nonsending) public static func exploring<Value, Failure: Error>(
        _ body: nonisolated(nonsending) () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        guard isActive else { return try await body() }
        await quiet()
        withEngine { $0.search?.explore(true, after: $0.footprint) }
        defer { withEngine { $0.search?.explore(false, after: $0.footprint) } }
        return try await confined { () async throws(Failure) -> Value in
            let result: Result<Value, Failure>
            do throws(Failure) { result = .success(try await body()) } catch { result = .failure(error) }
            await quiet()
            return try result.get()
        }
    }

    /// Returns when nothing else can run: only then does time move.
    nonisolated(nonsending) private static func quiet() async {
        try? await clock.sleep(until: clock.now.advanced(by: .nanoseconds(1)))
    }
}

extension Engine {
    /// What the steps of the running task touch from here on unless a point says otherwise.
    /// - Returns: what it was.
    func confine(to own: Footprint) -> Footprint {
        let task = runningTask()
        defer { tasks.entries[task].own = own }
        footprint.add(own)
        return tasks.entries[task].own
    }

    /// What the step that a job begins touches, as far as is known beforehand.
    func takeFootprint(of task: Int, isMailbox: Bool) -> Footprint {
        defer { tasks.entries[task].declared = nil }
        if !isMailbox, let declared = tasks.entries[task].declared { return declared }
        return tasks.entries[task].own
    }

    func declare(_ declared: Footprint?, of task: Int) -> Footprint {
        var footprint = declared ?? tasks.entries[task].own
        footprint.isConfined = tasks.entries[task].own.isConfined
        return footprint
    }
}
