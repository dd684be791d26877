import CacheHierarchy
import Judging
import Scenarios
import Simulation
import Support

/// Faults that come whenever the schedule lets them.
extension FaultConductor {
    static let nameOfTask = "fault"

    /// The faults of a phase that are to be brought about by tasks beside its workers.
    func faultsAtAnyMoment(of phase: String) -> [Int] {
        state.withLock { schedule in
            schedule.records.indices.filter {
                let fault = schedule.records[$0].fault
                return fault.isAtAnyMoment && fault.phases.first == phase
            }
        }
    }

    /// Brings a fault about, and ends it: in a step each, which the schedule may put between any two others. What ends
    /// after a time ends when that has passed.
    nonisolated(nonsending) func bringAbout(_ number: Int) async {
        let fault = state.withLock { $0.records[number].fault }
        await cluster.clock.point("fault begins")
        await change(number, fault, isBeginning: true) { try await begin(fault) }
        switch fault.end {
        case nil: break
        case .share: await cluster.clock.point("fault ends")
        // Cancelled, it ends at once.
        case .after(let duration): try? await cluster.clock.sleep(nanoseconds: duration.nanoseconds)
        }
        // What takes no time is over as it begins.
        if fault.end == nil, !fault.isCrash { return }
        await change(number, fault, isBeginning: false) { try await end(fault) }
    }

    nonisolated(nonsending) private func change(
        _ number: Int, _ fault: Fault, isBeginning: Bool, _ body: nonisolated(nonsending) () async throws -> Void
    ) async {
        Simulation.note(isBeginning ? Self.noteOfBeginning : Self.noteOfEnd, number)
        let start = cluster.clock.now()
        do {
            try await body()
        } catch {
            state.withLock { $0.fail(FaultError(.failed, "\(fault): \(error)")) }
        }
        let end = cluster.clock.now()
        // No timer: what brought it about ends it.
        state.withLock { schedule in
            _ = schedule.made(
                FaultSchedule.Change(number: number, fault: fault, isBeginning: isBeginning), from: start, to: end)
        }
    }
}
