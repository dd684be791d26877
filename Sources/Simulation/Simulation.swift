public import CSimulation

/// Runs ordinary Swift concurrency on one thread, in virtual time, in an order that a seed decides.
///
/// Tasks, groups, `async let`, actors, continuations and streams that begin inside a simulation run there, one at a
/// time. If several tasks can run, a `Strategy` chooses one. The same seed, or the same schedule, gives the same run.
/// Outside a simulation a point costs one read of a thread-local variable and has no effect.
///
/// A pass proves that the schedules that ran did not fail. The code between two points, or between two suspensions,
/// is one step. The simulation does not explore orders inside a step.
public enum Simulation {
    /// Whether the calling code runs inside a simulation.
    @inlinable
    public static var isActive: Bool { simulation_engine() != nil }

    // MARK: - Points

    /// A place where another task may run first.
    ///
    /// The task suspends only if another task is next. Put a point before each access to shared objects. Put none
    /// where production code could not be interrupted: inside an actor's method, or while holding a mutex.
    ///
    /// - Parameter name: names the point in traces and reports.
    @inlinable
    @inline(__always)
    nonisolated(nonsending) public static func point(_ name: StaticString) async {
        guard simulation_engine() != nil, mustWait(name) else { return }
        await wait()
    }

    /// A point that declares the accesses up to the next point or suspension: this object, and no other shared
    /// object.
    ///
    /// Exhaustive exploration then omits orders without a difference.
    ///
    /// - Parameters:
    ///   - name: names the point in traces and reports.
    ///   - object: equal for the same object in every run: a name or a number, and never an address.
    ///   - writes: whether the step changes the object.
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

    /// Not available: an address differs from run to run.
    @available(*, unavailable, message: "an address is another in every run: name the object, or number it")
    nonisolated(nonsending) public static func point(
        _ name: StaticString, touching object: @autoclosure () -> ObjectIdentifier, writes: Bool
    ) async {}

    /// A trace point: the task writes its position into the trace and continues.
    ///
    /// From here to its next point or suspension the task must access no shared object. Other tasks could then run
    /// before the next point with the same effect.
    ///
    /// - Parameter name: names the trace point in traces and reports.
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

    /// Whether an exhaustive exploration is running. Only then are accesses recorded.
    @usableFromInline
    static var isSearching: Bool { withEngine { $0.search != nil } ?? false }

    @usableFromInline
    nonisolated(nonsending) static func wait() async {
        await withUnsafeContinuation { continuation in withEngine { $0.park(continuation) } }
    }

    // MARK: - Clock, random numbers, names, checks

    /// The virtual clock of the running simulation. A precondition fails outside a simulation.
    public static var clock: VirtualClock {
        guard let engine = Engine.ofThisThread else {
            preconditionFailure("the virtual clock exists inside a simulation only")
        }
        return VirtualClock(engine: engine)
    }

    /// The random numbers of a name, which the seed of the run decides. A precondition fails outside a simulation.
    ///
    /// Two calls with the same name give the same numbers. Call it once for each name.
    public static func random(_ name: String) -> SeededRandom {
        guard let engine = Engine.ofThisThread else {
            preconditionFailure("a simulation's random numbers exist inside a simulation only")
        }
        return SeededRandom(seed: engine.seed).split("body").split(name)
    }

    /// Names the task in reports while `body` runs.
    ///
    /// The engine also records that the body has ended, which reports of deadlocks need. It uses a task's own name
    /// (`Task(name:)`) too, but does not see the end of such a task.
    ///
    /// - Returns: the value of the body.
    @discardableResult
    nonisolated(nonsending) public static func named<Value, Failure: Error>(
        _ name: String, _ body: nonisolated(nonsending) () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        guard let task = withEngine({ $0.beginName(name) }) else { return try await body() }
        defer { withEngine { $0.endName(task) } }
        return try await body()
    }

    /// Writes a note into the trace. The note is part of the hash and of the description. It causes no scheduling
    /// decision.
    public static func note(_ name: StaticString, _ value: Int = 0) {
        withEngine { $0.note(name, value) }
    }

    /// Throws a `CheckFailure` unless the condition holds. An exploration then stops and shrinks the failure.
    ///
    /// Use this instead of an expectation of the test library, which would record an issue for each run of the
    /// shrinker.
    public static func check(_ condition: Bool, _ message: @autoclosure () -> String) throws(CheckFailure) {
        guard condition else { throw CheckFailure(message: message()) }
    }

    @inline(__always)
    @discardableResult
    static func withEngine<Value>(_ body: (Engine) -> Value) -> Value? {
        guard let pointer = simulation_engine() else { return nil }
        // No retain: the engine outlives its simulation, and the simulation makes this call.
        return Unmanaged<Engine>.fromOpaque(pointer)._withUnsafeGuaranteedRef(body)
    }
}

/// The error of a check whose condition did not hold.
public struct CheckFailure: Error, CustomStringConvertible {
    /// The message of the check.
    public let message: String
    /// The message of the check.
    public var description: String { message }
}
