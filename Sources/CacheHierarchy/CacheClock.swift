import History

/// The time that a cache goes by. A seam: live it is the monotonic clock of the host, in a simulation it is virtual.
public protocol CacheClock: Sendable {
    /// Nanoseconds; never goes backwards.
    func now() -> Int64
    /// A time no earlier than now, and little later, unless the machine is held up. Cheap: it is asked at every hit, to judge by
    /// it what may still be served, so that entries expire a little early; near a deadline ``now()`` has the last word.
    func upperBound() -> Int64
    /// Returns when that many nanoseconds have passed. Throws `CancellationError` when the task is cancelled.
    func sleep(nanoseconds: Int64) async throws
    /// A place where, in a simulation, another task may be given its turn, as the system may do anywhere. Live it does
    /// nothing.
    nonisolated(nonsending) func point(_ name: StaticString) async
    /// A place to be written down in a simulation, where no other task need be given its turn: up to its next point the task
    /// touches nothing that tasks share. Live it does nothing.
    nonisolated(nonsending) func waypoint(_ name: StaticString) async
    /// A point that is passed only where more has arrived meanwhile: of no use to whoever decides the order of points live.
    nonisolated(nonsending) func turn() async
    /// A place where a task takes up what it was given. In a simulation it is only written down, with how much that
    /// is; no other task is given its turn. Live it does nothing, unless somebody decides who takes up what when.
    nonisolated(nonsending) func mark(_ name: StaticString, _ amount: Int) async
    /// Says that the calling task has nothing to do until another one has done something. For who decides the order
    /// in which tasks take their turns; for everybody else it does nothing.
    func rest()
    /// Says that what the tasks of an instance share (L2, floors, holds, flights, trust, the log, waiting writers) is used
    /// before the next point or suspension; ``upperBound()`` says it too. A simulation that leaves out orders of independent
    /// steps must know it. Live it does nothing.
    func usesInstance()
    /// Whether that was said, as debug builds assert where it matters most.
    var isUseTold: Bool { get }
}

extension CacheClock {
    public func upperBound() -> Int64 { now() }
    public nonisolated(nonsending) func point(_ name: StaticString) async {}
    public nonisolated(nonsending) func waypoint(_ name: StaticString) async {}
    public nonisolated(nonsending) func turn() async {}
    public nonisolated(nonsending) func mark(_ name: StaticString, _ amount: Int) async {}
    public func rest() {}
    public func usesInstance() {}
    public var isUseTold: Bool { true }
}

/// The monotonic clock of this host.
public struct HostClock: CacheClock {
    public init() {}

    @inlinable
    public func now() -> Int64 { MonotonicClock.now() }

    @inlinable
    public func upperBound() -> Int64 { MonotonicClock.upperBound() }

    public func sleep(nanoseconds: Int64) async throws {
        try await Task.sleep(for: .nanoseconds(nanoseconds), clock: .continuous)
    }
}
