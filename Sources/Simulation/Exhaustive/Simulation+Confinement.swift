extension Simulation {
    /// The task promises that, until the body returns, it touches nothing that tasks share but this object, and what it
    /// tells by `touch(_:_:)` and by points that declare it. So do the tasks that it begins meanwhile.
    ///
    /// For exhaustive exploration: without such a promise every step may touch anything, and no order can be left out. The
    /// promise includes what tasks wait for and by whom they are woken, but for the end of the children of a task group
    /// that nobody looks at one by one, which needs no telling. It is believed: a false one hides schedules. An actor that
    /// it calls must be called by tasks with the same object only.
    ///
    /// - Parameters:
    ///   - own: tells by `touchOwn()` in which steps it touches it.
    ///   - always: counts as changed by every step but those behind a point that declares what it touches.
    @discardableResult
    nonisolated(nonsending) public static func confined<Part: Hashable, Value, Failure: Error>(
        to own: Part, always: Part? = nil, _ body: nonisolated(nonsending) () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let always = always.map { [Footprint.Touch(object: $0.hashValue, manner: .writes)] } ?? []
        let home = Footprint.Touch(object: own.hashValue, manner: .writes)
        return try await confined(Confinement(always, home: home), body)
    }

    /// The same for a task that has no object of its own and tells all it touches.
    @discardableResult
    nonisolated(nonsending) public static func confined<Value, Failure: Error>(
        _ body: nonisolated(nonsending) () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        try await confined(Confinement([], home: nil), body)
    }

    nonisolated(nonsending) private static func confined<Value, Failure: Error>(
        _ confinement: Confinement, _ body: nonisolated(nonsending) () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        guard withEngine({ $0.search != nil }) == true else { return try await body() }
        let previous = withEngine { $0.confine(to: confinement) } ?? .none
        defer { withEngine { _ = $0.confine(to: previous) } }
        return try await body()
    }

    /// Tells that the step that is running touches an object: to be called by whatever tasks share, at each access.
    @inlinable
    @inline(__always)
    public static func touch(_ object: @autoclosure () -> some Hashable, _ manner: Manner) {
        if isSearching { tell(object().hashValue, manner) }
    }

    @usableFromInline
    static func tell(_ object: Int, _ manner: Manner) {
        withEngine { $0.footprint.add(Footprint.Touch(object: object, manner: manner)) }
    }

    /// Tells that the step that is running uses or changes the object that its task is confined to.
    public static func touchOwn() {
        withEngine { engine in
            guard engine.search != nil, let home = engine.tasks.entries[engine.runningTask()].confinement.home else {
                return
            }
            engine.footprint.add(home)
        }
    }

    /// Ends the run as an escape unless that was told: for debug builds of what is touched.
    public static func expectOwn(_ what: StaticString) {
        withEngine { engine in
            guard engine.search?.isOn == true, let home = engine.tasks.entries[engine.runningTask()].confinement.home,
                case .objects(let touches) = engine.footprint.reach, !touches.contains(home)
            else { return }
            engine.escaped("\(engine.report(of: engine.runningTask())) used \(what) without telling it")
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

/// What a task has promised about what its steps touch.
struct Confinement {
    /// What each of its steps may touch unless a point says otherwise.
    let own: Footprint
    /// The object that it is confined to.
    let home: Footprint.Touch?

    /// No promise: anything.
    static let none = Confinement(own: .everything, home: nil)

    private init(own: Footprint, home: Footprint.Touch?) {
        self.own = own
        self.home = home
    }

    init(_ touches: [Footprint.Touch], home: Footprint.Touch?) {
        var own = Footprint(reach: .objects(touches))
        own.isConfined = true
        self.init(own: own, home: home)
    }
}

extension Engine {
    /// - Returns: what the running task had promised before.
    func confine(to confinement: Confinement) -> Confinement {
        let task = runningTask()
        defer { tasks.entries[task].confinement = confinement }
        footprint.add(confinement.own)
        return tasks.entries[task].confinement
    }

    /// What the step that a job begins touches, as far as is known beforehand.
    func takeFootprint(of task: Int, isMailbox: Bool) -> Footprint {
        defer { tasks.entries[task].declared = nil }
        if !isMailbox, let declared = tasks.entries[task].declared { return declared }
        return tasks.entries[task].confinement.own
    }

    func declare(_ declared: Footprint?, of task: Int) -> Footprint {
        let own = tasks.entries[task].confinement.own
        var footprint = declared ?? own
        footprint.isConfined = own.isConfined
        return footprint
    }
}
