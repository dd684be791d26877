public import CSimulation

/// Runs ordinary Swift concurrency on one thread, in virtual time, in an order that a seed decides.
///
/// Tasks, groups, `async let`, actors, continuations and streams that are begun inside a simulation run there, one at a
/// time; where several could run, a `Strategy` chooses. The same seed, or the same schedule, gives the same run.
/// Outside a simulation all of this does nothing: a point is then one read of a thread-local variable.
///
/// A pass proves that the schedules that were run did not fail. What happens between two points, or between two
/// suspensions, is one step: orders inside it are not explored.
public enum Simulation {
    /// Whether the code that asks runs inside a simulation.
    @inlinable
    public static var isActive: Bool { simulation_engine() != nil }

    // MARK: - Points

    /// A place where another task may be given its turn.
    ///
    /// It suspends only if it is another's turn. Put one before each access to what tasks share, and never where
    /// production could not be interrupted: not inside an actor's method and not while holding a mutex.
    @inlinable
    @inline(__always)
    nonisolated(nonsending) public static func point(_ name: StaticString) async {
        guard simulation_engine() != nil, mustWait(name) else { return }
        await wait()
    }

    /// A point that says what the code behind it touches, up to the next point or suspension: this object and nothing
    /// else that is shared. Exhaustive exploration then leaves out orders that make no difference.
    ///
    /// - Parameters:
    ///   - object: equal for the same object in every run: a name or a number, never an address.
    ///   - writes: whether the object is changed.
    @inlinable
    @inline(__always)
    nonisolated(nonsending) public static func point(
        _ name: StaticString, touching object: @autoclosure () -> some Hashable, writes: Bool
    ) async {
        guard simulation_engine() != nil,
            isSearching ? mustWait(name, object().hashValue, writes: writes) : mustWait(name)
        else { return }
        await wait()
    }

    @available(*, unavailable, message: "an address is another in every run: name the object, or number it")
    nonisolated(nonsending) public static func point(
        _ name: StaticString, touching object: @autoclosure () -> ObjectIdentifier, writes: Bool
    ) async {}

    /// A place that a task has come to, where nobody else need be given a turn: from here to its next point, or to where it
    /// waits, it touches nothing that tasks share, so whatever others might do now they may as well do there.
    ///
    /// It is written into the trace, and reports know it.
    @inlinable
    @inline(__always)
    public static func waypoint(_ name: StaticString) { if simulation_engine() != nil { pass(name) } }

    @usableFromInline
    static func pass(_ name: StaticString) { withEngine { $0.passed(name) } }

    @usableFromInline
    static func mustWait(_ name: StaticString) -> Bool {
        withEngine { $0.reached(name, nil) } ?? false
    }

    @usableFromInline
    static func mustWait(_ name: StaticString, _ object: Int, writes: Bool) -> Bool {
        withEngine { $0.reached(name, .object(object, writes ? .writes : .reads)) } ?? false
    }

    /// Whether schedules are visited systematically: only then does anybody ask what a step touches.
    @usableFromInline
    static var isSearching: Bool { withEngine { $0.search != nil } ?? false }

    @usableFromInline
    nonisolated(nonsending) static func wait() async {
        await withUnsafeContinuation { continuation in withEngine { $0.park(continuation) } }
    }

    // MARK: - What a body asks for

    /// The virtual clock. Only inside a simulation.
    public static var clock: VirtualClock {
        guard let engine = Engine.ofThisThread else {
            preconditionFailure("the virtual clock exists inside a simulation only")
        }
        return VirtualClock(engine: engine)
    }

    /// The random numbers of a name, decided by the run's seed. Only inside a simulation.
    ///
    /// Two calls with one name give the same numbers: ask once, or under different names.
    public static func random(_ name: String) -> SeededRandom {
        guard let engine = Engine.ofThisThread else {
            preconditionFailure("a simulation's random numbers exist inside a simulation only")
        }
        return SeededRandom(seed: engine.seed).split("body").split(name)
    }

    /// Names the task for reports, while `body` runs. That the body has ended is known as well, which reports on
    /// deadlocks need; a task's own name (`Task(name:)`) is used too, but says nothing of its end.
    @discardableResult
    nonisolated(nonsending) public static func named<Value, Failure: Error>(
        _ name: String, _ body: nonisolated(nonsending) () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        guard let task = withEngine({ $0.beginName(name) }) else { return try await body() }
        defer { withEngine { $0.endName(task) } }
        return try await body()
    }

    /// Writes into the trace, and so into its hash and into stories. Schedules nothing.
    public static func note(_ name: StaticString, _ value: Int = 0) {
        withEngine { $0.note(name, value) }
    }

    /// Throws a `CheckFailure` unless the condition holds. An exploration stops there and shrinks.
    ///
    /// Rather than an expectation of the test library, which would be recorded anew in every attempt to shrink.
    public static func check(_ condition: Bool, _ message: @autoclosure () -> String) throws(CheckFailure) {
        guard condition else { throw CheckFailure(message: message()) }
    }

    @inline(__always)
    @discardableResult
    static func withEngine<Value>(_ body: (Engine) -> Value) -> Value? {
        guard let pointer = simulation_engine() else { return nil }
        // Not retained: an engine outlives its simulation, and this is called within it.
        return Unmanaged<Engine>.fromOpaque(pointer)._withUnsafeGuaranteedRef(body)
    }
}

/// A condition of the test did not hold.
public struct CheckFailure: Error, CustomStringConvertible {
    public let message: String
    public var description: String { message }
}
