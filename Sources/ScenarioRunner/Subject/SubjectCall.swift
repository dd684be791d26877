import AdapterProtocol
import CacheHierarchy
import History
import Judging
import Scenarios
import Support

import struct History.Operation

/// What the workers of one instance of a cache under test have in common.
package struct SubjectCalls: Sendable {
    /// Counted from 0.
    let instance: Int
    let description: AdapterDescription
    let origin: SubjectOrigin
    let troubles: TroubleLedger
    /// What a write that has returned promises.
    let scope: Operation.Scope

    /// - Parameter description: what the cache says of itself.
    package init(instance: Int, description: AdapterDescription, origin: SubjectOrigin, troubles: TroubleLedger) {
        self.instance = instance
        self.description = description
        self.origin = origin
        self.troubles = troubles
        scope =
            switch description.promise {
            case "acknowledged": .cluster
            case "announced": .instance
            default: .none
            }
    }

    /// The calls that an operation takes, one after the other: one, unless the cache reads no batches.
    package func split(_ operation: PlannedOperation) -> [PlannedOperation] {
        guard case .readMany(let keys) = operation, !description.operations.contains(.readMany) else {
            return [operation]
        }
        return keys.map { .read($0) }
    }

    /// Begins an operation of a worker.
    /// - Parameters:
    ///   - place: of the worker, within its instance.
    ///   - track: where its session is recorded.
    package func begin(_ planned: PlannedOperation, by place: Int, in track: WorkerLog) -> SubjectCall {
        SubjectCall(planned, by: place, in: track, of: self)
    }

    // MARK: Inspections

    /// The layers that can be looked into here. What several instances share is looked at once; what the workers of a
    /// subject keep for themselves is looked at with the rest of their process.
    /// - Parameters:
    ///   - isFirst: whether the instance is the first of the cluster.
    ///   - isFirstOfHost: whether it is the first of its host.
    package func layersToInspect(isFirst: Bool, isFirstOfHost: Bool) -> [Layer] {
        var layers: [Layer] = [.l1, .l2]
        if isFirstOfHost { layers.append(.l3) }
        if isFirst { layers.append(.redis) }
        return layers.filter { description.layers.contains($0.name) }
    }

    /// Records what a layer showed.
    /// - Returns: what is wrong with it, as a sentence; `nil` if nothing is.
    package func record(
        _ entries: [String: String], of layer: Layer, _ names: [String], _ interval: ClosedRange<Int64>,
        in track: WorkerLog
    ) -> String? {
        // Keys that were not asked for, such as names with a prefix, mean that those that were are not seen.
        let asked = Set(names)
        if let foreign = entries.keys.sorted().first(where: { !asked.contains($0) }) {
            return "layer \(layer.name) shows \(foreign.printable), which was not asked for"
        }
        for name in names {
            let number = entries[name].flatMap {
                origin.number(
                    of: $0, under: name, returnedBy: "layer \(layer.name) of instance \(instance + 1)",
                    at: interval.lowerBound)
            }
            let isDamaged = entries[name] != nil && number == nil
            track.record(
                Operation(
                    kind: .inspect, key: track.number(ofKey: name), value: number ?? 0, layer: layer,
                    outcome: isDamaged ? .failed : .ok, start: interval.lowerBound, end: interval.upperBound,
                    isAbsent: number == nil && !isDamaged, isRefused: isDamaged))
        }
        return nil
    }
}

/// One call of a cache under test: what it is asked, and what its answer means for the history. Whoever drives the
/// cache asks, and hands over what came.
package struct SubjectCall {
    package let word: AdapterOperation
    /// Without its number.
    package let request: AdapterRequest
    private let planned: PlannedOperation
    private let place: Int
    private let calls: SubjectCalls
    private let track: WorkerLog
    /// As far as it is known.
    private var operation: Operation
    /// How often the worker has had something loaded before.
    private let loads: Int

    /// What came of it.
    package struct Ending {
        /// The worker may have had its effect: what it does from now on is another session.
        package var isUnknown = false
        /// What is wrong with the answer; `nil` if nothing is.
        package var wrong: String?
    }

    fileprivate init(_ planned: PlannedOperation, by place: Int, in track: WorkerLog, of calls: SubjectCalls) {
        self.planned = planned
        self.place = place
        self.calls = calls
        self.track = track
        loads = calls.origin.loads(by: place, of: calls.instance)
        var request = AdapterRequest(id: 0, planned.word, worker: place)
        switch planned {
        case .read(let key):
            operation = Self.operation(.read, of: key, in: track)
            request.key = key.name
        case .readMany(let keys):
            operation = Operation(kind: .read, start: 0, end: 0)
            request.keys = keys.map(\.name)
        case .write(let key):
            let (value, text) = calls.origin.issue(for: key)
            operation = Self.operation(.write, of: key, in: track)
            operation.value = value
            request.key = key.name
            request.value = text
            request.tags = key.tags.isEmpty ? nil : key.tags
        case .delete(let key):
            calls.origin.beginDeletion(of: key, by: place, of: calls.instance)
            operation = Operation(
                kind: .delete, key: track.number(ofKey: key.name), start: 0, end: 0, isTombstone: true)
            request.key = key.name
        case .invalidate(let key):
            operation = Operation(kind: .invalidate, key: track.number(ofKey: key.name), start: 0, end: 0)
            request.key = key.name
        case .invalidateTag(let tag):
            operation = Operation(kind: .invalidateTag, tagSet: track.number(ofTags: [tag]), start: 0, end: 0)
            request.tag = tag
        }
        word = planned.word
        self.request = request
        operation.start = calls.origin.clock.now()
    }

    private static func operation(_ kind: Operation.Kind, of key: KeyInUse, in track: WorkerLog) -> Operation {
        Operation(
            kind: kind, key: track.number(ofKey: key.name), tagSet: track.number(ofTags: key.tags), start: 0, end: 0)
    }

    // MARK: Answers

    /// Records what an answer says.
    package mutating func finish(_ reply: AdapterProcess.Reply) -> Ending {
        operation.start = reply.interval.lowerBound
        operation.end = reply.interval.upperBound
        var ending = Ending()
        switch reply.outcome {
        case .ok(let result):
            switch succeeded(result) {
            case .right(let operations):
                finishDeletion()
                for operation in operations { track.record(operation) }
                return ending
            case .wrong(let what):
                operation.outcome = .failed
                ending.wrong = what
            case .nothingToRecord: return ending
            }
        case .failed(let why): fail(.failed, why)
        case .unknown(let why): fail(.unknown, why)
        case .unsupported(let why):
            fail(.failed, why)
            ending.wrong = "it is among its operations and not supported: \(why.printable)"
        }
        return record(ending)
    }

    /// Records that no answer came.
    package mutating func finish(without reason: String) -> Ending {
        fail(.unknown, reason)
        return record(Ending())
    }

    private mutating func record(_ ending: Ending) -> Ending {
        var ending = ending
        finishDeletion()
        if operation.outcome == .unknown {
            operation.end = Operation.never
            ending.isUnknown = true
        }
        if case .readMany(let keys) = planned {
            for key in keys { track.record(read(of: key)) }
        } else {
            track.record(operation)
        }
        return ending
    }

    /// One that failed is not under way any more either.
    private func finishDeletion() {
        if case .delete(let key) = planned {
            _ = calls.origin.endDeletion(of: key, by: place, of: calls.instance)
        }
    }

    private mutating func fail(_ outcome: Operation.Outcome, _ why: String) {
        operation.outcome = outcome
        let times = if case .readMany(let keys) = planned { keys.count } else { 1 }
        calls.troubles.note(
            operation.kind, isUnknown: outcome == .unknown, instance: calls.instance, why, times: times)
    }

    /// What an answer of success is worth.
    private enum Judgement {
        case right([Operation])
        case wrong(String)
        /// It says nothing of the cache's data.
        case nothingToRecord
    }

    private mutating func succeeded(_ result: AdapterResult) -> Judgement {
        switch planned {
        case .read(let key):
            guard let found = result.value else { return .wrong("it has neither \"value\" nor \"miss\"") }
            return complete(operation, AdapterResult.Finding(found: found, layer: result.layer), key)
        case .readMany(let keys): return succeeded(result, keys)
        case .delete(let key):
            operation.scope = calls.scope
            operation.version = calls.origin.endDeletion(of: key, by: place, of: calls.instance)
            return operation.version == 0
                ? .wrong("it succeeded, and no deletion was committed at the origin") : .right([operation])
        case .write, .invalidate, .invalidateTag:
            operation.scope = calls.scope
            return .right([operation])
        }
    }

    private func succeeded(_ result: AdapterResult, _ keys: [KeyInUse]) -> Judgement {
        guard let findings = result.findings else { return .wrong("it has no \"values\"") }
        guard findings.count == keys.count else {
            return .wrong("it has \(findings.count) values for \(keys.count) keys")
        }
        var reads: [Operation] = []
        for (key, finding) in zip(keys, findings) {
            switch complete(read(of: key), finding, key) {
            case .right(let read): reads += read
            case .nothingToRecord: break
            case .wrong(let what): return .wrong(what)
            }
        }
        return .right(reads)
    }

    /// A read of one key in the interval, and with the outcome, of the call that it is part of.
    private func read(of key: KeyInUse) -> Operation {
        var read = operation
        read.key = track.number(ofKey: key.name)
        read.tagSet = track.number(ofTags: key.tags)
        return read
    }

    /// Gives a read that succeeded what it found.
    private func complete(_ read: Operation, _ finding: AdapterResult.Finding, _ key: KeyInUse) -> Judgement {
        if let word = finding.layer, Layer(name: word) == nil {
            let words = Layer.allCases.map(\.name)
            let nearest = NearestWord.suggestion(for: word, among: words).map { ". Did you mean \($0)?" } ?? ""
            return .wrong(
                "its layer is \"\(String(word.prefix(60)).printable)\", and not one of "
                    + words.joined(separator: ", ") + nearest)
        }
        var read = read
        read.layer = finding.layer.flatMap { Layer(name: $0) } ?? layerOfRead
        switch finding.found {
        case .value(let text):
            let who = "instance \(calls.instance + 1)"
            if let value = calls.origin.number(of: text, under: key.name, returnedBy: who, at: read.start) {
                read.value = value
            } else {
                read.outcome = .failed
                read.isRefused = true
            }
        case .nothing: read.isAbsent = true
        // The cache has nothing and asked nobody: that says nothing of what there is.
        case .miss:
            calls.troubles.missed()
            return .nothingToRecord
        }
        return .right([read])
    }

    /// Where a value came from if the adapter does not say.
    private var layerOfRead: Layer {
        guard loads == calls.origin.loads(by: place, of: calls.instance) else { return .origin }
        let layers = calls.description.layers.compactMap { Layer(name: $0) }
        return layers.count == 1 ? layers[0] : .l2
    }
}

extension PlannedOperation {
    fileprivate var word: AdapterOperation {
        switch self {
        case .read: .read
        case .readMany: .readMany
        case .write: .write
        case .delete: .delete
        case .invalidate: .invalidate
        case .invalidateTag: .invalidateTag
        }
    }
}
