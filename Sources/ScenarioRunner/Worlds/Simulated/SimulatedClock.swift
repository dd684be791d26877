import CacheHierarchy
import Locking
import Simulation

/// The cache's clock in a simulation: virtual time, which also moves by a nanosecond at each look at it, so that what happened
/// before something else is seen to have.
///
/// An hour passes when every task waits for it; until then only the looks count.
final class SimulatedClock: CacheClock {
    private let clock: VirtualClock
    /// Only the simulation's thread looks, so nobody ever waits for this lock.
    private let last = Lock<Int64>(0)

    /// To be made inside the simulation.
    init() { clock = Simulation.clock }

    func now() -> Int64 {
        let time = clock.now.nanoseconds
        return last.withLock { last in
            last = max(last + 1, time)
            return last
        }
    }

    func sleep(nanoseconds: Int64) async throws {
        let (deadline, overflow) = now().addingReportingOverflow(max(0, nanoseconds))
        try await clock.sleep(until: VirtualClock.Instant(nanoseconds: overflow ? .max : deadline))
    }

    func upperBound() -> Int64 {
        usesInstance()
        return now()
    }

    func usesInstance() { Simulation.touchOwn() }

    var isUseTold: Bool {
        Simulation.expectOwn("what an instance's tasks share")
        return true
    }

    nonisolated(nonsending) func point(_ name: StaticString) async { await Simulation.point(name) }
}
