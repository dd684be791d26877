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
    private let origin: SubjectOrigin
    private let troubles: TroubleLedger
    private let scope: Operation.Scope
    private var track: WorkerLog
    /// Sessions that it has had: a new one begins with each process, and after an answer that did not come.
    private var sessions = 0
    private var incarnation = 0
    private let finishedCount = Atomic<Int>(0)

    /// - Parameter scope: what a write that has returned promises.
    init(
        number: Int, place: Int, of workers: Int, seat: SubjectSeat, recorder: Recorder, origin: SubjectOrigin,
        troubles: TroubleLedger, scope: Operation.Scope
    ) {
        self.number = number
        self.place = place
        self.workers = workers
        self.seat = seat
        self.recorder = recorder
        self.origin = origin
        self.troubles = troubles
        self.scope = scope
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
        let timetable = pace.map { Timetable(pace: $0, clock: origin.clock) }
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
        switch operation {
        case .read(let key): await read(key, process)
        case .readMany(let keys) where seat.description.operations.contains(.readMany):
            await read(keys, process)
        // One after the other is what a cache without batches does.
        case .readMany(let keys):
            for key in keys { await read(key, process) }
        case .write(let key): await write(key, process)
        case .delete(let key): await delete(key, process)
        case .invalidate(let key):
            let planned = Operation(kind: .invalidate, key: track.number(ofKey: key.name), start: 0, end: 0)
            await invalidate(planned, process, .invalidate) { $0.key = key.name }
        case .invalidateTag(let tag):
            let planned = Operation(kind: .invalidateTag, tagSet: track.number(ofTags: [tag]), start: 0, end: 0)
            await invalidate(planned, process, .invalidateTag) { $0.tag = tag }
        }
    }

    nonisolated(nonsending) private func read(_ key: KeyInUse, _ process: any SubjectDriver) async {
        var operation = Operation(
            kind: .read, key: track.number(ofKey: key.name), tagSet: track.number(ofTags: key.tags), start: 0, end: 0)
        let loads = origin.loads(by: place, of: seat.number)
        await ask(.read, process, &operation) {
            $0.key = key.name
        } succeeded: { result, operation in
            guard let found = result.value else { return .wrong("it has neither \"value\" nor \"miss\"") }
            let finding = AdapterResult.Finding(found: found, layer: result.layer)
            return complete(&operation, finding, key, loads: loads)
        }
    }

    /// Several keys in one call: a read of each, with the interval of the call.
    nonisolated(nonsending) private func read(_ keys: [KeyInUse], _ process: any SubjectDriver) async {
        let loads = origin.loads(by: place, of: seat.number)
        var first = Operation(kind: .read, start: 0, end: 0)
        var reads: [Operation] = []
        await ask(.readMany, process, &first, times: keys.count) {
            $0.keys = keys.map(\.name)
        } succeeded: { result, operation in
            guard let findings = result.findings else { return .wrong("it has no \"values\"") }
            guard findings.count == keys.count else {
                return .wrong("it has \(findings.count) values for \(keys.count) keys")
            }
            for (key, finding) in zip(keys, findings) {
                var read = read(of: key, from: operation)
                switch complete(&read, finding, key, loads: loads) {
                case .right: reads.append(read)
                case .nothingToRecord: break
                case .wrong(let what): return .wrong(what)
                }
            }
            return .right
        } record: { operation in
            if operation.outcome != .ok { reads = keys.map { read(of: $0, from: operation) } }
            for read in reads { track.record(read) }
        }
    }

    /// A read of one key in the interval, and with the outcome, of the call that it is part of.
    private func read(of key: KeyInUse, from call: Operation) -> Operation {
        var read = call
        read.key = track.number(ofKey: key.name)
        read.tagSet = track.number(ofTags: key.tags)
        return read
    }

    /// Gives a read that succeeded what it found.
    private func complete(
        _ operation: inout Operation, _ finding: AdapterResult.Finding, _ key: KeyInUse, loads: Int
    ) -> Judgement {
        if let word = finding.layer, Layer(name: word) == nil {
            let words = Layer.allCases.map(\.name)
            let nearest = NearestWord.suggestion(for: word, among: words).map { ". Did you mean \($0)?" } ?? ""
            return .wrong(
                "its layer is \"\(String(word.prefix(60)).printable)\", and not one of "
                    + words.joined(separator: ", ") + nearest)
        }
        operation.layer = finding.layer.flatMap { Layer(name: $0) } ?? layer(ofReadAfter: loads)
        switch finding.found {
        case .value(let text):
            let who = "instance \(seat.number + 1)"
            guard let value = origin.number(of: text, under: key.name, returnedBy: who, at: operation.start) else {
                operation.outcome = .failed
                operation.isRefused = true
                return .right
            }
            operation.value = value
        case .nothing: operation.isAbsent = true
        // The cache has nothing and asked nobody: that says nothing of what there is.
        case .miss:
            troubles.missed()
            return .nothingToRecord
        }
        return .right
    }

    /// Where a value came from if the adapter does not say.
    /// - Parameter loads: of this worker, before it read.
    private func layer(ofReadAfter loads: Int) -> Layer {
        guard loads == origin.loads(by: place, of: seat.number) else { return .origin }
        let layers = seat.description.layers.compactMap { Layer(name: $0) }
        return layers.count == 1 ? layers[0] : .l2
    }

    nonisolated(nonsending) private func write(_ key: KeyInUse, _ process: any SubjectDriver) async {
        let (value, text) = origin.issue(for: key)
        var operation = Operation(
            kind: .write, key: track.number(ofKey: key.name), tagSet: track.number(ofTags: key.tags), value: value,
            start: 0, end: 0)
        await ask(.write, process, &operation) {
            $0.key = key.name
            $0.value = text
            $0.tags = key.tags.isEmpty ? nil : key.tags
        } succeeded: { _, operation in
            operation.scope = scope
            return .right
        }
    }

    nonisolated(nonsending) private func delete(_ key: KeyInUse, _ process: any SubjectDriver) async {
        var operation = Operation(
            kind: .delete, key: track.number(ofKey: key.name), start: 0, end: 0, isTombstone: true)
        origin.beginDeletion(of: key, by: place, of: seat.number)
        await ask(.delete, process, &operation) {
            $0.key = key.name
        } succeeded: { _, operation in
            operation.scope = scope
            operation.version = origin.endDeletion(of: key, by: place, of: seat.number)
            return operation.version == 0
                ? .wrong("it succeeded, and no deletion was committed at the origin") : .right
        }
        // One that failed is not under way any more either.
        _ = origin.endDeletion(of: key, by: place, of: seat.number)
    }

    nonisolated(nonsending) private func invalidate(
        _ planned: Operation, _ process: any SubjectDriver, _ word: AdapterOperation,
        _ fill: (inout AdapterRequest) -> Void
    ) async {
        var operation = planned
        await ask(word, process, &operation, fill) { _, operation in
            operation.scope = scope
            return .right
        }
    }

    /// What an answer of success is worth.
    private enum Judgement {
        case right
        case wrong(String)
        /// It says nothing of the cache's data.
        case nothingToRecord
    }

    /// Asks, and records.
    /// - Parameter succeeded: completes an operation that succeeded; returns what is wrong with the answer, if
    ///   anything.
    nonisolated(nonsending) private func ask(
        _ word: AdapterOperation, _ process: any SubjectDriver, _ operation: inout Operation,
        _ fill: (inout AdapterRequest) -> Void,
        succeeded: (AdapterResult, inout Operation) -> Judgement
    ) async {
        await ask(word, process, &operation, fill, succeeded: succeeded) { track.record($0) }
    }

    /// - Parameters:
    ///   - times: how many operations are done in the call.
    ///   - record: keeps what came of it.
    nonisolated(nonsending) private func ask(
        _ word: AdapterOperation, _ process: any SubjectDriver, _ operation: inout Operation, times: Int = 1,
        _ fill: (inout AdapterRequest) -> Void,
        succeeded: (AdapterResult, inout Operation) -> Judgement,
        record: (Operation) -> Void
    ) async {
        operation.start = origin.clock.now()
        do {
            let reply = try await process.ask(word, worker: place, fill)
            operation.start = reply.interval.lowerBound
            operation.end = reply.interval.upperBound
            switch reply.outcome {
            case .ok(let result):
                switch succeeded(result, &operation) {
                case .right: break
                case .wrong(let what):
                    operation.outcome = .failed
                    seat.note(process.wrongAnswer(word, what))
                case .nothingToRecord: return
                }
            case .failed(let why): fail(&operation, .failed, why, times)
            case .unknown(let why): fail(&operation, .unknown, why, times)
            case .unsupported(let why):
                fail(&operation, .failed, why, times)
                seat.note(process.wrongAnswer(word, "it is among its operations and not supported: \(why.printable)"))
            }
        } catch {
            fail(&operation, .unknown, (error as? AdapterError)?.reason.text ?? "\(error)", times)
        }
        if operation.outcome == .unknown { operation.end = Operation.never }
        record(operation)
        if operation.outcome == .unknown { beginSession() }
    }

    private func fail(_ operation: inout Operation, _ outcome: Operation.Outcome, _ why: String, _ times: Int) {
        operation.outcome = outcome
        troubles.note(operation.kind, isUnknown: outcome == .unknown, instance: seat.number, why, times: times)
    }

    func inspectOwnMemory(_ keys: [KeyInUse]) async throws {}
}
