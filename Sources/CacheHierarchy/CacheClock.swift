import History

/// The time that a cache goes by. A seam: live it is the monotonic clock of the host, in a simulation it is virtual.
public protocol CacheClock: Sendable {
    /// Nanoseconds; never goes backwards.
    func now() -> Int64
    /// A time no earlier than now, and little later, unless the machine is held up. Cheap: it is asked at every hit, to
    /// judge by it what may still be served, so that entries expire a little early; near a deadline ``now()`` has the
    /// last word.
    func upperBound() -> Int64
    /// Returns when that many nanoseconds have passed. Throws `CancellationError` when the task is cancelled.
    func sleep(nanoseconds: Int64) async throws
    /// A place where, in a simulation, another task may be given its turn, as the system may do anywhere. Live it does
    /// nothing.
    nonisolated(nonsending) func point(_ name: StaticString) async
}

extension CacheClock {
    /// Now.
    public func upperBound() -> Int64 { now() }
    /// Does nothing.
    public nonisolated(nonsending) func point(_ name: StaticString) async {}
}

/// The monotonic clock of this host.
public struct HostClock: CacheClock {
    /// The clock of this host.
    public init() {}

    /// Nanoseconds since an arbitrary moment of this host.
    @inlinable
    public func now() -> Int64 { MonotonicClock.now() }

    /// Now, to a few milliseconds above. A few nanoseconds cheaper than ``now()``.
    @inlinable
    public func upperBound() -> Int64 { MonotonicClock.upperBound() }

    /// Returns when that many nanoseconds have passed. Throws `CancellationError` when the task is cancelled.
    public func sleep(nanoseconds: Int64) async throws {
        try await Task.sleep(for: .nanoseconds(nanoseconds), clock: .continuous)
    }
}

/// What a clock may want to be told of the steps of an instance's tasks. A simulation leaves out orders of independent
/// steps by it, and a replay on real threads decides by it whose turn it is. Neither needs it: of a cache that tells
/// nothing each step may touch anything of its instance, so that fewer orders are left out.
///
/// The cache tells it where its parts are reached: ``CacheInstance`` in the accessors of what its tasks share.
package protocol StepHints: Sendable {
    /// What the tasks of an instance share is used before the next point or suspension. ``CacheClock/upperBound()``
    /// tells it too.
    func usesInstance()
    /// The task passes a place up to whose next point it touches nothing that tasks share.
    nonisolated(nonsending) func waypoint(_ name: StaticString) async
    /// The task takes up what it was given.
    nonisolated(nonsending) func tookUp(_ name: StaticString, _ amount: Int) async
    /// The task has done what it was given. Others may come first if there is more, as they may when it has to wait.
    nonisolated(nonsending) func finished(hasMore: Bool) async
    /// The task has nothing to do until another one has done something.
    func rest()
}

extension CacheClock {
    /// The clock, if it wants to be told of steps; `nil` live.
    package var hints: (any StepHints)? { self as? any StepHints }
}
