import CacheHierarchy
import History

/// One worker of a run whose instance is a process: it tells its ``Client`` there what to do, and the client records
/// it.
final class ProcessWorker: ScenarioWorker {
    let number: Int
    private let seat: ProcessSeat

    init(number: Int, seat: ProcessSeat) {
        self.number = number
        self.seat = seat
    }

    var instanceID: String { seat.process.settings.name }
    /// Of all workers of the instance.
    var finished: Int { seat.process.finished }

    /// All at once, unless somebody counts, where faults are declared, or there is a pace: then one after the other.
    nonisolated(nonsending) func perform(
        _ operations: [PlannedOperation], pace: Double?, under faults: FaultConductor?
    ) async {
        if faults == nil, pace == nil { return await perform(operations, in: seat.process) }
        let timetable = pace.map { Timetable(pace: $0, clock: HostClock()) }
        for (index, operation) in operations.enumerated() where !Task.isCancelled {
            await timetable?.wait(for: index)
            await perform([operation], in: await faults?.admit(toInstanceOf: seat) ?? seat.process)
            await faults?.completed(by: number)
        }
    }

    /// A process that ends meanwhile does not finish them; its seat knows whether it should have.
    nonisolated(nonsending) private func perform(_ operations: [PlannedOperation], in process: InstanceProcess) async {
        let text = operations.map(\.text).joined(separator: " ")
        _ = try? await process.ask(.perform(worker: number, operations: text))
    }

    nonisolated(nonsending) func inspectOwnMemory(_ keys: [KeyInUse]) async throws {
        try await seat.process.ask(.inspectOwnMemory(worker: number))
    }
}
