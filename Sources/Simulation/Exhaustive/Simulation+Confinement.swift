extension Simulation {
    /// Confines the task to one object until the body returns.
    ///
    /// The task promises that it accesses no other shared object, except those that it declares by `touch(_:_:)` and
    /// by points. The promise holds also for the tasks that it starts meanwhile.
    ///
    /// Exhaustive exploration needs such promises: without them every step may access any object, and all orders must
    /// run. The promise includes the tasks that this task waits for, and the tasks that wake it. The end of a child
    /// in a task group needs no declaration if nothing observes that child alone. Nothing checks the promise, and a
    /// false one hides schedules. Only tasks confined to the same object may call an actor that this task calls.
    ///
    /// - Parameters:
    ///   - own: the object of this task. `touchOwn()` declares in which steps the task accesses it.
    ///   - always: an object that every step changes, except a step behind a point that declares its accesses.
    ///     Default: none.
    ///   - body: the confined part of the task.
    /// - Returns: the value of the body.
    @discardableResult
    nonisolated(nonsending) public static func confined<Part: Hashable, Value, Failure: Error>(
        to own: Part, always: Part? = nil, _ body: nonisolated(nonsending) () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let always = always.map { [AccessSet.Access(object: $0.hashValue, kind: .writes)] } ?? []
        let home = AccessSet.Access(object: own.hashValue, kind: .writes)
        return try await confined(Confinement(always, home: home), body)
    }

    /// Confines a task without an object of its own. The task declares all its accesses.
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

    /// Declares that the running step accesses an object. A shared object calls this at each access.
    /// It has an effect only during an exhaustive exploration.
    @inlinable
    @inline(__always)
    public static func touch(_ object: @autoclosure () -> some Hashable, _ kind: AccessKind) {
        if isSearching { tell(object().hashValue, kind) }
    }

    @usableFromInline
    static func tell(_ object: Int, _ kind: AccessKind) {
        withEngine { $0.accesses.add(AccessSet.Access(object: object, kind: kind)) }
    }

    /// Declares that the running step accesses the object to which its task is confined.
    public static func touchOwn() {
        withEngine { engine in
            guard engine.search != nil, let home = engine.tasks.entries[engine.runningTask()].confinement.home else {
                return
            }
            engine.accesses.add(home)
        }
    }

    /// Ends the run as an escape unless the running step has called `touchOwn()`. For debug builds of shared objects.
    /// - Parameter what: names the object in the report.
    public static func expectOwn(_ what: StaticString) {
        withEngine { engine in
            guard engine.search?.isOn == true, let home = engine.tasks.entries[engine.runningTask()].confinement.home,
                case .objects(let accesses) = engine.accesses.reach, !accesses.contains(home)
            else { return }
            engine.escaped("\(engine.report(of: engine.runningTask())) accessed \(what) without a declaration")
        }
    }

    /// Marks the part of a body that `exhaustMarked(isReducing:limits:input:smaller:while:_:check:)` explores.
    ///
    /// The part begins and ends when no other task can run. The exploration therefore includes the work that other
    /// tasks still have to do. In other simulations the part has the same steps, without an exploration. Outside a
    /// simulation only the body runs.
    nonisolated(nonsending) public static func exploring<Value, Failure: Error>(
        _ body: nonisolated(nonsending) () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        guard isActive else { return try await body() }
        await quiet()
        withEngine { $0.search?.explore(true, after: $0.accesses) }
        defer { withEngine { $0.search?.explore(false, after: $0.accesses) } }
        return try await confined { () async throws(Failure) -> Value in
            let result: Result<Value, Failure>
            do throws(Failure) { result = .success(try await body()) } catch { result = .failure(error) }
            await quiet()
            return try result.get()
        }
    }

    /// Returns when no other task can run: only then does virtual time move.
    nonisolated(nonsending) private static func quiet() async {
        try? await clock.sleep(until: clock.now.advanced(by: .nanoseconds(1)))
    }
}

/// The promise of a task about the accesses of its steps.
struct Confinement {
    /// The accesses that each step may make, unless a point declares others.
    let own: AccessSet
    /// The object to which the task is confined.
    let home: AccessSet.Access?

    /// No promise: each step may access any object.
    static let none = Confinement(own: .everything, home: nil)

    private init(own: AccessSet, home: AccessSet.Access?) {
        self.own = own
        self.home = home
    }

    init(_ accesses: [AccessSet.Access], home: AccessSet.Access?) {
        var own = AccessSet(reach: .objects(accesses))
        own.isConfined = true
        self.init(own: own, home: home)
    }
}

extension Engine {
    /// Replaces the promise of the running task.
    /// - Returns: the promise before.
    func confine(to confinement: Confinement) -> Confinement {
        let task = runningTask()
        defer { tasks.entries[task].confinement = confinement }
        accesses.add(confinement.own)
        return tasks.entries[task].confinement
    }

    /// Takes the declared accesses of a step that is about to run.
    func takeAccesses(of task: Int, isMailbox: Bool) -> AccessSet {
        defer { tasks.entries[task].declared = nil }
        if !isMailbox, let declared = tasks.entries[task].declared { return declared }
        return tasks.entries[task].confinement.own
    }

    /// The accesses behind a point: the declared ones, or those that the task's promise allows.
    func declare(_ declared: AccessSet?, of task: Int) -> AccessSet {
        let own = tasks.entries[task].confinement.own
        var accesses = declared ?? own
        accesses.isConfined = own.isConfined
        return accesses
    }
}
