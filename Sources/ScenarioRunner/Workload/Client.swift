import CacheHierarchy
import History
import Judging
import Simulation
import Synchronization

/// One worker of a run: drives its own cache client and records every call, before and after.
///
/// For one task at a time, through all phases of a scenario.
final class Client: ScenarioWorker, @unchecked Sendable {
    // Unchecked, because the phases follow one another: the task that drove it in one has ended before the next
    // begins. As an actor it would be left and entered again at every request to a disk, to Redis and to the origin.

    /// The worker's number over the whole run.
    let number: Int
    /// How many workers the run has: the workers of an instance that takes another's place are counted on from there.
    private let workers: Int
    private let member: ClusterMember
    private let recorder: Recorder
    private let ledger: InvalidationLedger
    private let clock: any CacheClock
    private let contents: ContentLedger?
    private let troubles: TroubleLedger
    /// The version of the application that its instance runs.
    private let application: Int
    /// Where all of it is written besides, if it is to survive this process.
    private let journal: Journal?
    private var session: Session
    private var writes = 0
    private let finishedCount = Atomic<Int>(0)

    /// A worker of one instance: a session ends with its instance.
    private struct Session {
        let incarnation: ClusterMember.Incarnation
        let worker: CacheWorker
        let log: WorkerLog
        let observer: RecordingObserver
    }

    init(
        number: Int, of workers: Int, member: ClusterMember, recorder: Recorder, ledger: InvalidationLedger,
        clock: any CacheClock, contents: ContentLedger?, troubles: TroubleLedger, application: Int,
        journal: Journal? = nil
    ) {
        self.number = number
        self.workers = workers
        self.member = member
        self.recorder = recorder
        self.ledger = ledger
        self.clock = clock
        self.contents = contents
        self.troubles = troubles
        self.application = application
        self.journal = journal
        session = Self.session(member.incarnation, number, of: workers, member, recorder, contents)
    }

    private static func session(
        _ incarnation: ClusterMember.Incarnation, _ number: Int, of workers: Int, _ member: ClusterMember,
        _ recorder: Recorder, _ contents: ContentLedger?
    ) -> Session {
        let worker = Int32(number + workers * incarnation.number)
        let log = recorder.makeLog(instance: Int32(member.number), worker: worker)
        let observer = RecordingObserver(log: log, contents: contents)
        let told: any CacheObserver =
            if let clock = member.ownClock { TrueTimeObserver(base: observer, clock: clock) } else { observer }
        return Session(
            incarnation: incarnation, worker: incarnation.instance.makeWorker(observer: told), log: log,
            observer: observer)
    }

    /// The instance whose worker it is.
    var instance: CacheInstance { session.incarnation.instance }
    var instanceID: String { instance.id }
    var finished: Int { finishedCount.load(ordering: .relaxed) }
    private var worker: CacheWorker { session.worker }
    private var log: WorkerLog { session.log }
    private var observer: RecordingObserver { session.observer }

    /// Whether the instance died during an operation, whose outcome nobody has been told then.
    private var isGone: Bool { session.incarnation.life?.isGone ?? false }

    private func adopt(_ incarnation: ClusterMember.Incarnation) {
        guard incarnation.number != session.incarnation.number else { return }
        clock.hints?.usesInstance()
        session = Self.session(incarnation, number, of: workers, member, recorder, contents)
    }

    /// Does what was planned, one after the other.
    /// - Parameter pace: how many begin in a second; `nil` as fast as they go.
    nonisolated(nonsending) func perform(
        _ operations: [PlannedOperation], pace: Double?, under faults: FaultConductor?
    ) async {
        let hints = clock.hints
        await hints?.tookUp("perform", operations.count)
        defer { hints?.rest() }
        log.reserve(operations.count * 4)
        let timetable = pace.map { Timetable(pace: $0, clock: clock) }
        for (index, operation) in operations.enumerated() where !Task.isCancelled {
            await clock.point("next operation")
            await timetable?.wait(for: index)
            if let journal { journal.begin(operation.begun(at: clock.now(), in: log), in: log) }
            if let faults {
                let incarnation = await faults.admit(toInstanceOf: member)
                await SimulatedPart.confined(
                    toInstance: incarnation.instance.id, tells: member.cacheTells, worksOff: false
                ) {
                    adopt(incarnation)
                    await perform(operation)
                }
                await faults.completed(by: number)
            } else {
                await perform(operation)
            }
            journal?.write(log)
            finishedCount.add(1, ordering: .relaxed)
        }
    }

    nonisolated(nonsending) private func perform(_ operation: PlannedOperation) async {
        switch operation {
        case .read(let key): await read(key)
        case .readMany(let keys): await read(keys)
        case .write(let key): await write(key, isDeletion: false)
        case .delete(let key): await write(key, isDeletion: true)
        case .invalidate(let key): await invalidate(key)
        case .invalidateTag(let tag): await invalidate(tag: tag)
        }
    }

    /// Looks into this worker's own memory.
    func inspectOwnMemory(_ keys: [KeyInUse]) {
        adopt(member.incarnation)
        for key in keys {
            let start = clock.now()
            let entry = worker.inspect(key.name)
            observer.inspected(.l1, key: key.name, entry: entry, start: start, end: clock.now())
        }
        journal?.write(log)
    }

    // MARK: One operation

    /// Checks ask which operations had ended when another one began; so orders of a beginning and an end matter, and those of
    /// two beginnings or two ends do not.
    private func began() -> Int64 {
        Simulation.touch(SimulatedPart.ends, .reads)
        return clock.now()
    }

    private func ended() -> Int64 {
        Simulation.touch(SimulatedPart.ends, .adds)
        return clock.now()
    }

    nonisolated(nonsending) private func read(_ key: KeyInUse) async {
        let number = log.number(ofKey: key.name)
        let start = began()
        do {
            let reading = try await worker.read(key.name)
            record(reading, of: number, start: start, end: ended())
        } catch {
            log.record(Operation(kind: .read, key: number, outcome: .failed, start: start, end: ended()))
            note(.read, .failed, "\(error)")
        }
    }

    /// Several keys in one call: a read of each, with the interval of the call.
    nonisolated(nonsending) private func read(_ keys: [KeyInUse]) async {
        let numbers = keys.map { log.number(ofKey: $0.name) }
        let start = began()
        do {
            let readings = try await worker.read(keys.map(\.name))
            let end = ended()
            for (number, reading) in zip(numbers, readings) { record(reading, of: number, start: start, end: end) }
        } catch {
            let end = ended()
            for number in numbers {
                log.record(Operation(kind: .read, key: number, outcome: .failed, start: start, end: end))
                note(.read, .failed, "\(error)")
            }
        }
    }

    private func record(_ reading: CacheReading, of key: Int32, start: Int64, end: Int64) {
        log.record(
            Operation(
                kind: .read, key: key, tagSet: log.number(ofTags: reading.entry.tags), version: reading.version,
                value: contents?.number(of: reading.value) ?? 0, layer: reading.layer,
                outcome: isGone ? .failed : .ok, start: start, end: end, isTombstone: reading.value == nil))
        if isGone { note(.read, .failed, Self.crashed) }
    }

    private static let crashed = "the instance crashed meanwhile"

    private func note(_ kind: Operation.Kind, _ outcome: Operation.Outcome, _ reason: @autoclosure () -> String) {
        troubles.note(kind, isUnknown: outcome == .unknown, instance: member.number, reason())
    }

    nonisolated(nonsending) private func write(_ key: KeyInUse, isDeletion: Bool) async {
        let kind: Operation.Kind = isDeletion ? .delete : .write
        let number = log.number(ofKey: key.name)
        writes += 1
        let value =
            isDeletion ? [] : Values.make(for: key, writer: self.number, count: writes, application: application)
        let content = isDeletion ? 0 : contents?.number(of: value) ?? 0
        let start = began()
        do {
            let receipt =
                isDeletion
                ? try await worker.delete(key.name) : try await worker.write(key.name, value, tags: key.tags)
            let end = ended()
            record(
                Operation(
                    kind: kind, key: number, tagSet: log.number(ofTags: isDeletion ? [] : key.tags),
                    version: receipt.version ?? 0, value: content, scope: Self.scope(of: receipt), start: start,
                    end: end, isTombstone: isDeletion),
                receipt)
        } catch {
            recordFailure(of: kind, key: number, value: content, error, start: start)
        }
    }

    nonisolated(nonsending) private func invalidate(_ key: KeyInUse) async {
        let number = log.number(ofKey: key.name)
        let start = began()
        do {
            let receipt = try await worker.invalidate(keys: [key.name])
            record(
                Operation(
                    kind: .invalidate, key: number, scope: Self.scope(of: receipt), start: start, end: ended()),
                receipt)
        } catch {
            recordFailure(of: .invalidate, key: number, error, start: start)
        }
    }

    nonisolated(nonsending) private func invalidate(tag: String) async {
        let tagSet = log.number(ofTags: [tag])
        let start = began()
        do {
            let receipt = try await worker.invalidate(tags: [tag])
            record(
                Operation(
                    kind: .invalidateTag, tagSet: tagSet, scope: Self.scope(of: receipt), start: start, end: ended()
                ),
                receipt)
        } catch {
            recordFailure(of: .invalidateTag, key: -1, tagSet: tagSet, error, start: start)
        }
    }

    private func record(_ operation: Operation, _ receipt: InvalidationReceipt) {
        var operation = operation
        if isGone {
            operation.outcome = .unknown
            note(operation.kind, .unknown, Self.crashed)
        }
        // Of another process only the journal is read, and its own ledger is not.
        if journal != nil { operation.cause = receipt.time ?? 0 }
        let id = log.record(operation)
        if let time = receipt.time { ledger.note(time: time, operation: id) }
    }

    private func recordFailure(
        of kind: Operation.Kind, key: Int32, tagSet: Int32 = 0, value: Int64 = 0, _ error: any Error, start: Int64
    ) {
        // What cannot be shown not to have happened may have happened.
        let isUnknown = (error as? CacheError)?.isOutcomeUnknown ?? true
        log.record(
            Operation(
                kind: kind, key: key, tagSet: tagSet, value: value, outcome: isUnknown ? .unknown : .failed,
                start: start, end: ended()))
        note(kind, isUnknown ? .unknown : .failed, "\(error)")
    }

    private static func scope(of receipt: InvalidationReceipt) -> Operation.Scope {
        receipt.isAcknowledged ? .cluster : receipt.time == nil ? .none : .instance
    }
}
