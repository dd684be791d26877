import CacheHierarchy
import Simulation
import Synchronization

/// The cache's clock in a simulation: virtual time, which also moves by a nanosecond at each look at it, so that what
/// happened before something else is seen to have.
///
/// An hour passes when every task waits for it; until then only the looks count.
final class SimulatedClock: PointedClock {
    private let clock: VirtualClock
    /// Only the simulation's thread looks, so a load and a store need not be one step.
    private let last = Atomic<Int64>(0)

    /// Whether each look is noted in the trace, which joins it to what the history recorded.
    private let isTold: Bool

    /// To be made inside the simulation.
    init(isTold: Bool = false) {
        clock = Simulation.clock
        self.isTold = isTold
    }

    static let noteOfLook: StaticString = "clock"

    func now() -> Int64 {
        let time = max(last.load(ordering: .relaxed) + 1, clock.now.nanoseconds)
        last.store(time, ordering: .relaxed)
        if isTold { Simulation.note(Self.noteOfLook, Int(time)) }
        return time
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

    nonisolated(nonsending) func point(_ name: StaticString) async { await Simulation.point(name) }

    nonisolated(nonsending) func point(_ name: StaticString, touching part: SimulatedPart, writes: Bool) async {
        await Simulation.point(name, touching: part, writes: writes)
    }

    nonisolated(nonsending) func waypoint(_ name: StaticString) async { Simulation.waypoint(name) }

    static let nameOfTurn: StaticString = "more to do"

    nonisolated(nonsending) func finished(hasMore: Bool) async {
        if hasMore { await Simulation.point(Self.nameOfTurn) }
    }

    nonisolated(nonsending) func tookUp(_ name: StaticString, _ amount: Int) async { Simulation.note(name, amount) }

    func rest() {}
}
