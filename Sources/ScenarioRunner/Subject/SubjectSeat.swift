import AdapterProtocol
import CacheHierarchy
import Foundation
import History
import Judging
import Processes
import Scenarios
import Support

import struct History.Operation

/// One instance of a cache under test: a process, and after its crash another one.
final class SubjectSeat: InstanceSeat {
    let number: Int
    private let seating: any SubjectPlacing
    private let recorder: Recorder
    private let succession: Succession<Incarnation>
    private let state = Lock(State())

    /// A process in this place.
    struct Incarnation: Sendable {
        /// How many there were before it.
        let number: Int
        let name: String
        let process: any SubjectDriver
        let route: LiveRoute?
    }

    private struct State {
        var failure: AdapterError?
        var isStopped = false
        var track: WorkerLog?
        /// All that have been in this place.
        var incarnations: [Incarnation] = []
    }

    let description: AdapterDescription
    let calls: SubjectCalls

    init(_ number: Int, seating: any SubjectPlacing, recorder: Recorder) async throws {
        self.number = number
        self.seating = seating
        self.recorder = recorder
        let (first, description) = try await seating.launch(number, incarnation: 0)
        self.description = description
        calls = SubjectCalls(
            instance: number, description: description, origin: seating.origin, troubles: seating.troubles)
        succession = Succession(first, inPlace: number)
        state.withLock { $0.incarnations = [first] }
    }

    /// The cache as reports name it.
    var record: SubjectRecord {
        var record = SubjectRecord(description)
        record.hasUnstampedLoads = seating.origin.hasUnstampedLoads
        return record
    }

    var present: Incarnation { succession.last }
    var route: (any InstanceRoute)? { present.route }

    nonisolated(nonsending) func running() async -> Incarnation {
        while succession.present.isVacant && !Task.isCancelled { await succession.waitUntilFilled() }
        return present
    }

    // MARK: Phases

    func settle(_ time: Int64, deadline: Int64) async throws {
        guard description.operations.contains(.quiesce) else {
            // Whoever cannot say when it is done has the time in which it promises to be.
            if let grace = description.grace {
                try await seating.origin.clock.sleep(nanoseconds: min(max(0, grace), 60_000) * 1_000_000)
            }
            return
        }
        _ = try await succeed(.quiesce, present.process.ask(.quiesce))
    }

    func inspect(_ layers: [Layer], _ names: [String]) async throws {
        guard description.operations.contains(.inspect) else { return }
        let mine = calls.layersToInspect(isFirst: layers.contains(.redis), isFirstOfHost: layers.contains(.l3))
        for layer in mine {
            let reply = try await present.process.ask(.inspect) {
                $0.layer = layer.name
                $0.keys = names
            }
            guard let entries = try succeed(.inspect, reply).entries else {
                throw present.process.wrongAnswer(.inspect, "it has no \"entries\"")
            }
            let wrong = state.withLock { state in
                calls.record(entries, of: layer, names, reply.interval, in: track(in: &state))
            }
            if let wrong { throw present.process.wrongAnswer(.inspect, wrong) }
        }
    }

    /// What a request returned that has to succeed: a look that fails has seen nothing, and nothing is not agreement.
    private func succeed(_ operation: AdapterOperation, _ reply: AdapterProcess.Reply) throws -> AdapterResult {
        switch reply.outcome {
        case .ok(let result): return result
        case .failed(let why), .unknown(let why), .unsupported(let why):
            throw present.process.wrongAnswer(operation, "it did not succeed: \(why.printable)")
        }
    }

    /// Where the instance itself records; no log begins before there is something in it.
    private func track(in state: inout State) -> WorkerLog {
        let track = state.track ?? recorder.makeLog(instance: Int32(number))
        state.track = track
        return track
    }

    /// Reads each key once, several at a time.
    func warm(_ names: [String]) async throws -> SeatWarming {
        let start = seating.origin.clock.now()
        let process = present.process
        let (warmed, failure) = await withTaskGroup(of: (count: Int, failure: String?).self) { group in
            let lanes = max(1, min(16, names.count))
            for lane in 0..<lanes {
                group.addTask { [self] in
                    var count = 0
                    var failure: String?
                    for index in stride(from: lane, to: names.count, by: lanes) where !Task.isCancelled {
                        let problem = await warm(names[index], in: process)
                        if problem == nil { count += 1 }
                        if let problem { seating.troubles.noteWarming(instance: number, problem) }
                        failure = failure ?? problem
                    }
                    return (count, failure)
                }
            }
            return await group.reduce((0, nil)) { ($0.0 + $1.count, $0.1 ?? $1.failure) }
        }
        if warmed == 0, let failure { throw process.wrongAnswer(.read, "no key could be warmed: \(failure)") }
        return SeatWarming(warmed: warmed, duration: seating.origin.clock.now() - start)
    }

    /// - Returns: why the key is not warm; `nil` if it is.
    private func warm(_ name: String, in process: any SubjectDriver) async -> String? {
        do {
            let reply = try await process.ask(.read) { $0.key = name }
            switch reply.outcome {
            case .failed(let why), .unknown(let why), .unsupported(let why): return why.printable
            case .ok(let result):
                switch result.value {
                case .nothing: return nil
                case .miss: return "the read was a miss"
                case nil: return "the answer has neither \"value\" nor \"miss\""
                case .value(let text):
                    let who = "instance \(number + 1), which was being warmed,"
                    let start = reply.interval.lowerBound
                    let value = seating.origin.number(of: text, under: name, returnedBy: who, at: start)
                    guard value == nil else { return nil }
                    recordDamage(of: name, reply.interval)
                    return "its value is none that a write gave it"
                }
            }
        } catch {
            return "\(error)"
        }
    }

    /// A read of the warming returned what no write gave. (The others are not recorded: they warm.)
    private func recordDamage(of name: String, _ interval: ClosedRange<Int64>) {
        state.withLock { state in
            let track = track(in: &state)
            track.record(
                Operation(
                    kind: .read, key: track.number(ofKey: name), layer: .l2, outcome: .failed,
                    start: interval.lowerBound, end: interval.upperBound, isRefused: true))
        }
    }

    func busCounts() async -> BusCounts? { nil }

    // MARK: Faults

    func crash() async {
        if let incarnation = succession.vacate() { await end(incarnation) }
    }

    private func end(_ incarnation: Incarnation) async {
        // What it did wrong before the fault is not the fault's.
        if let error = incarnation.process.error { note(error) }
        await incarnation.process.kill()
        await incarnation.route?.sever()
    }

    func crashAtCommit(_ struck: @escaping @Sendable () -> Void) async throws {
        throw FaultError(.failed, "a subject's process is not killed at its commits")
    }

    func surviveCommits() async throws {}

    func restart() {
        succession.refill { [self] next in
            do {
                let incarnation = try await seating.launch(number, incarnation: next).incarnation
                state.withLock { $0.incarnations.append(incarnation) }
                return incarnation
            } catch {
                // One that another fault killed while it started has done nothing wrong.
                if !Task.isCancelled { note(error) }
                return nil
            }
        } orDismiss: { [self] in
            await end($0)
        }
    }

    func pause() async {
        let process = present.process
        guard let identifier = process.identifier else { return }
        // First, so that whoever is killed in between leaves nobody who stands still.
        await seating.noteStopped(true, identifier)
        process.pause()
    }

    func resume() async {
        let process = present.process
        guard let identifier = process.identifier else { return }
        process.resume()
        await seating.noteStopped(false, identifier)
    }

    func jump(by nanoseconds: Int64) async throws {
        throw FaultError(.failed, "the clock of a subject's process cannot be set ahead")
    }

    func heal(within patience: Int64) async -> Bool {
        _ = await running()
        return true
    }

    // MARK: The end

    /// An adapter did something wrong.
    func note(_ error: any Error) {
        guard let error = error as? AdapterError else { return }
        state.withLock { if $0.failure == nil { $0.failure = error } }
    }

    func checkIsAlive() throws {
        let incarnation = succession.present
        let failure =
            state.withLock { $0.failure } ?? (incarnation.isVacant ? nil : incarnation.occupant.process.error)
        if let failure { throw failure }
    }

    func stop() async {
        let isFirst = state.withLock { state in
            defer { state.isStopped = true }
            return !state.isStopped
        }
        guard isFirst else { return }
        guard let last = await succession.close() else { return }
        if let error = await last.process.stop() { note(error) }
        await last.route?.sever()
    }

    /// What the adapter has not answered in time, as a sentence; `nil` if it always did.
    var silence: String? {
        let processes = state.withLock { $0.incarnations.map(\.process) }
        let count = processes.reduce(0) { $0 + $1.unanswered }
        guard count > 0 else { return nil }
        let who = seating.scenario.subject?.isLocal == true ? "cache" : "adapter"
        return "the \(who) of instance \(number + 1) did not answer \(count) request\(count == 1 ? "" : "s") in time"
    }

    /// How long its operations were under way, and how much of that was in the cache; in nanoseconds.
    var times: (underWay: Double, inCache: Double) {
        let uses = state.withLock { $0.incarnations }.map(\.process.use)
        return uses.reduce((0, 0)) { ($0.0 + $1.timeUnderWay, $0.1 + $1.timeInCache) }
    }

    /// Why what this instance did says nothing about the Redis of this run, as a sentence; `nil` if nothing is known
    /// against it.
    func doubt() async -> String? {
        let incarnations = state.withLock { $0.incarnations }
        let uses = incarnations.map(\.process.use)
        guard uses.contains(where: { $0.layers.contains("redis") }), uses.contains(where: { $0.answers > 0 }) else {
            return nil
        }
        for incarnation in incarnations {
            guard let route = incarnation.route else { return nil }
            let traffic = await route.forwarder.traffic(of: route.route)
            // Who was cut off may have tried.
            if traffic.connections > 0 || traffic.wasStalled { return nil }
        }
        return "instance \(number + 1) names the layer redis and never connected to the Redis of this run"
    }
}

extension SubjectRecord {
    /// What an adapter says of its cache.
    package init(_ description: AdapterDescription) {
        self.init(
            name: description.name, version: description.version,
            operations: description.operations.map(\.rawValue).sorted(), layers: description.layers,
            promise: description.promise,
            grace: description.grace.map { .milliseconds(min(max(0, $0), 86_400_000)) })
    }
}
