import AdapterProtocol
import CacheHierarchy
import History
import Judging
import Processes
import Scenarios
import Support
import Synchronization

import struct History.Operation

/// One worker of an instance of a cache under test: asks the adapter for one operation after the other, and records
/// what came of each.
///
/// For one task at a time, through all phases of a scenario.
final class SubjectWorker: ScenarioWorker, @unchecked Sendable {
    // Unchecked, because the phases follow one another: the task that drove it in one has ended before the next begins.

    let number: Int
    /// Counted within its instance.
    private let place: Int
    private let workers: Int
    private let seat: SubjectSeat
    private let recorder: Recorder
    private let calls: SubjectCalls
    private var track: WorkerLog
    /// Sessions that it has had: a new one begins with each process, and after an answer that did not come.
    private var sessions = 0
    private var incarnation = 0
    private let finishedCount = Atomic<Int>(0)

    init(
        number: Int, place: Int, of workers: Int, seat: SubjectSeat, recorder: Recorder, calls: SubjectCalls
    ) {
        self.number = number
        self.place = place
        self.workers = workers
        self.seat = seat
        self.recorder = recorder
        self.calls = calls
        track = recorder.makeLog(instance: Int32(seat.number), worker: Int32(number))
    }

    var instanceID: String { seat.present.name }
    var finished: Int { finishedCount.load(ordering: .relaxed) }

    private func beginSession() {
        sessions += 1
        track = recorder.makeLog(instance: Int32(seat.number), worker: Int32(clamping: number + workers * sessions))
    }

    nonisolated(nonsending) func perform(
        _ operations: [PlannedOperation], pace: Double?, under faults: FaultConductor?
    ) async {
        let timetable = pace.map { Timetable(pace: $0, clock: calls.origin.clock) }
        for (index, operation) in operations.enumerated() where !Task.isCancelled {
            await timetable?.wait(for: index)
            let present = await faults?.admit(toInstanceOf: seat) ?? seat.present
            if present.number != incarnation {
                incarnation = present.number
                beginSession()
            }
            await perform(operation, in: present.process)
            await faults?.completed(by: number)
            finishedCount.add(1, ordering: .relaxed)
            // A process that is gone, or cannot be believed, does nothing more.
            if let error = present.process.error {
                seat.note(error)
                break
            }
        }
    }

    nonisolated(nonsending) private func perform(_ operation: PlannedOperation, in process: any SubjectDriver) async {
        for part in calls.split(operation) {
            var call = calls.begin(part, by: place, in: track)
            let ending: SubjectCall.Ending
            do {
                let request = call.request
                ending = call.finish(try await process.ask(call.word, worker: place) { $0 = request })
            } catch {
                ending = call.finish(without: (error as? AdapterError)?.reason.text ?? "\(error)")
            }
            if let wrong = ending.wrong { seat.note(process.wrongAnswer(call.word, wrong)) }
            if ending.isUnknown { beginSession() }
        }
    }

    func inspectOwnMemory(_ keys: [KeyInUse]) async throws {}
}
