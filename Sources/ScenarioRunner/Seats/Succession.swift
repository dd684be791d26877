import Simulation
import Support

/// Who fills a place: somebody, after their death nobody for a while, and then somebody else.
final class Succession<Occupant: Sendable>: Sendable {
    private struct State {
        var occupant: Occupant
        var isVacant = false
        var restarting: Task<Void, Never>?
    }

    /// The place's number in the cluster.
    private let place: Int
    private let state: Lock<State>
    private let vacant = WaitQueue<Void>()

    init(_ first: Occupant, inPlace place: Int) {
        self.place = place
        state = Lock(State(occupant: first))
    }

    private func look<Result>(_ body: (borrowing State) -> Result) -> Result {
        Simulation.touch(SimulatedPart.place(place), .reads)
        return state.withLock { body($0) }
    }

    private func change<Result>(_ body: (inout State) -> Result) -> Result {
        Simulation.touch(SimulatedPart.place(place), .writes)
        return state.withLock { body(&$0) }
    }

    /// Who fills the place, or did so last.
    var last: Occupant { look { $0.occupant } }

    /// Who fills the place, or did so last; and whether nobody does.
    var present: (occupant: Occupant, isVacant: Bool) { look { ($0.occupant, $0.isVacant) } }

    /// Nobody fills the place any more.
    /// - Returns: who did.
    func vacate() -> Occupant {
        change { state in
            state.isVacant = true
            return state.occupant
        }
    }

    /// Returns when somebody fills the place, or the task is cancelled; at times before either.
    nonisolated(nonsending) func waitUntilFilled() async {
        await vacant.wait { change { $0.isVacant } }
    }

    /// Fills the place when somebody has been found.
    /// - Parameter find: returns `nil` if nobody is to be had; those who wait go on all the same.
    func refill(_ find: @escaping @Sendable () async -> Occupant?) {
        let task = Task { fill(with: await find()) }
        change { $0.restarting = task }
    }

    private func fill(with occupant: Occupant?) {
        change { state in
            if let occupant { state.occupant = occupant }
            state.isVacant = false
        }
        vacant.wake()
    }

    /// Looks for nobody any more, and lets go who waits.
    func close() async {
        guard present.isVacant else { return }
        let restarting = look { $0.restarting }
        restarting?.cancel()
        await restarting?.value
        fill(with: nil)
    }
}
