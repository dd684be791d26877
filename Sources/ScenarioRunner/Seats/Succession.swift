import Simulation
import Support

/// Who fills a place: somebody, after their death nobody for a while, and then somebody else. Never two at a time.
///
/// Several may want the place to be vacant at the same time, as faults do that overlap: it is filled again when none of
/// them does any more.
final class Succession<Occupant: Sendable>: Sendable {
    private struct State {
        var occupant: Occupant
        var isVacant = false
        /// How many have had the place vacated and have not said yet that it may be filled again.
        var absences = 0
        /// Of the last who was looked for. No two have the same.
        var number: Int
        /// The last search, as long as it is not over.
        var search: Task<Void, Never>?
        var isClosed = false
    }

    /// The place's number in the cluster.
    private let place: Int
    private let state: Lock<State>
    private let vacant = WaitQueue<Void>()

    /// - Parameter number: of the first.
    init(_ first: Occupant, number: Int = 0, inPlace place: Int) {
        self.place = place
        state = Lock(State(occupant: first, number: number))
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

    /// Nobody fills the place any more, until ``refill(_:orDismiss:)`` has been called as often as this. Who is being
    /// looked for is not wanted.
    /// - Returns: who did; `nil` if nobody did.
    func vacate() -> Occupant? {
        let (former, search): (Occupant?, Task<Void, Never>?) = change { state in
            guard !state.isClosed else { return (nil, nil) }
            let former = state.isVacant ? nil : state.occupant
            state.isVacant = true
            state.absences += 1
            return (former, state.search)
        }
        search?.cancel()
        return former
    }

    /// Returns when somebody fills the place, or the task is cancelled; at times before either.
    nonisolated(nonsending) func waitUntilFilled() async {
        await vacant.wait { change { $0.isVacant } }
    }

    /// Fills the place when somebody has been found. If others still want it to be vacant, it is theirs to fill.
    /// - Parameters:
    ///   - find: given a number that nobody in this place has had; returns `nil` if nobody is to be had. Those who wait
    ///     go on all the same.
    ///   - dismiss: given who was found and is not wanted any more.
    func refill(
        _ find: @escaping @Sendable (_ number: Int) async -> Occupant?,
        orDismiss dismiss: @escaping @Sendable (Occupant) async -> Void
    ) {
        change { state in
            guard !state.isClosed, state.absences > 0 else { return }
            state.absences -= 1
            guard state.absences == 0 else { return }
            state.number += 1
            state.search = Task { [self, number = state.number, former = state.search] in
                // Who is not wanted any more is gone first.
                await former?.value
                let found = Task.isCancelled ? nil : await find(number)
                if !fill(with: found, number), let found { await dismiss(found) }
            }
        }
    }

    /// - Returns: `false` if whoever was found is not wanted any more.
    private func fill(with occupant: Occupant?, _ number: Int) -> Bool {
        let isWanted = change { state in
            guard state.number == number, state.absences == 0 else { return false }
            if let occupant { state.occupant = occupant }
            state.isVacant = false
            state.search = nil
            return true
        }
        if isWanted { vacant.wake() }
        return isWanted
    }

    /// Looks for nobody any more, and lets go who waits.
    /// - Returns: who fills the place; `nil` if nobody does.
    @discardableResult
    func close() async -> Occupant? {
        let (isVacant, search) = change { state in
            state.isClosed = true
            return (state.isVacant, state.search)
        }
        guard isVacant else { return last }
        search?.cancel()
        await search?.value
        let occupant: Occupant? = change { state in
            defer { state.isVacant = false }
            return state.isVacant ? nil : state.occupant
        }
        vacant.wake()
        return occupant
    }
}
