import AdapterProtocol
import Foundation
import Gates
import History
import Judging
import Scenarios
import ScenarioRunner
import Support

import struct History.Operation

/// One run under way.
struct GatedExecution {
    private let world: GatedWorld
    private let plan: WorkloadPlan
    private let scenario: Scenario
    private let recorder: Recorder
    private let troubles = TroubleLedger()
    private let origin: SubjectOrigin
    private(set) var result: GatedRun
    private var todo: [Int: [PlannedOperation]] = [:]
    private var busy: Set<Int> = []
    private var sessions: [Int: Int] = [:]
    private var isChoosing = false
    /// How often in a row time has passed and nothing else has happened.
    private var idleSteps = 0
    private static let mostIdleSteps = 1_000
    private static let mostEnabled = 64
    /// Keys that workers have to do with, in the order of their first use.
    private var keys: [KeyInUse] = []

    init(_ world: GatedWorld, _ plan: WorkloadPlan) throws {
        self.world = world
        self.plan = plan
        scenario = world.scenario
        recorder = Recorder(
            keys: scenario.keysInUse.map(\.name), tagSets: scenario.data.map(\.tags), isTimed: false)
        origin = SubjectOrigin(
            scenario.keysInUse, delay: .zero, recorder: recorder, seed: world.seed, clock: world.run.clock)
        result = GatedRun()
        world.run.origin = origin
        for instance in world.instances {
            guard let description = instance.description else { continue }
            world.run.calls[instance.number] = SubjectCalls(
                instance: instance.number, description: description, origin: origin, troubles: troubles)
        }
        for worker in 0..<scenario.cluster.totalWorkers { beginSession(worker) }
        seed()
    }

    private mutating func beginSession(_ worker: Int) {
        let session = sessions[worker, default: 0]
        sessions[worker] = session + 1
        world.run.logs[worker] = recorder.makeLog(
            instance: Int32(worker / scenario.cluster.workers),
            worker: Int32(clamping: worker + scenario.cluster.totalWorkers * session))
    }

    /// The data exists in the origin before anything else, and nowhere else.
    private func seed() {
        let log = recorder.makeLog(instance: -1)
        let start = world.run.clock.now()
        for key in scenario.keysInUse {
            let version = origin.place(key)
            log.record(
                Operation(
                    kind: .write, key: log.number(ofKey: key.name), tagSet: log.number(ofTags: key.tags),
                    version: version, start: start, end: world.run.clock.now()))
        }
    }

    // MARK: Phases

    mutating func perform(_ chooser: inout some MessageChooser) throws {
        let overlaps = scenario.phases.contains { $0.action.isOverlapping }
        for (number, phase) in scenario.phases.enumerated() {
            let operations = plan.phases.indices.contains(number) ? plan.phases[number] : []
            note(operations)
            switch phase.action {
            case .wait(let duration):
                try drain()
                try pass(duration.nanoseconds)
            case .inspect:
                try drain()
                // What is announced has the time in which the cache promises to apply it.
                try pass(Int64(min(max(0, world.description?.grace ?? 0), 60_000)) * 1_000_000)
                try inspect()
            case .sweep(let sweep) where sweep.operation == .warm:
                let warmed = scenario.keys(of: sweep.data, first: sweep.keys).filter(keys.contains)
                try work(
                    (0..<scenario.cluster.totalWorkers).map { worker in
                        worker % scenario.cluster.workers == 0 ? warmed.map { .read($0) } : []
                    }, choosing: nil as UsualOrder?)
            default:
                if !overlaps || phase.action.isOverlapping {
                    isChoosing = true
                    result.phases += 1
                    world.offerFaults(of: phase.name)
                    try work(operations, choosing: &chooser)
                    world.withdrawFaults()
                    isChoosing = false
                } else {
                    try work(operations, choosing: nil as UsualOrder?)
                }
            }
            if result.stuck != nil { break }
        }
        try look()
        result.late = world.run.late
    }

    private mutating func note(_ operations: [[PlannedOperation]]) {
        for operation in operations.joined() {
            for key in operation.keys where !keys.contains(key) { keys.append(key) }
        }
    }

    private mutating func work(_ operations: [[PlannedOperation]], choosing: UsualOrder?) throws {
        var usual = UsualOrder()
        try work(operations, choosing: &usual)
    }

    /// Has the workers do what they are to do, until all of it is done.
    private mutating func work(_ operations: [[PlannedOperation]], choosing chooser: inout some MessageChooser) throws {
        for (worker, own) in operations.enumerated() where !own.isEmpty {
            let instance = worker / scenario.cluster.workers
            todo[worker] = own.flatMap { world.run.calls[instance]?.split($0) ?? [$0] }
        }
        while !todo.isEmpty || !busy.isEmpty {
            offer()
            guard try step(&chooser) else { break }
        }
        todo = [:]
    }

    /// Operations that may begin wait at a gate, too.
    private mutating func offer() {
        for worker in todo.keys.sorted() where !busy.contains(worker) {
            guard var own = todo[worker], !own.isEmpty else {
                todo[worker] = nil
                continue
            }
            let next = own.removeFirst()
            todo[worker] = own.isEmpty ? nil : own
            busy.insert(worker)
            world.run.next[worker] = next
            let instance = worker / scenario.cluster.workers
            let task = "\(instance).\(worker % scenario.cluster.workers)"
            var footprint = Footprint(process: instance)
            footprint.begins = true
            world.add(
                .operation, instance, task, about: next.description, words: "begins to \(next.words)", footprint,
                .operation(worker: worker))
        }
    }

    /// - Returns: whether there was something to let through.
    private mutating func step(_ chooser: inout some MessageChooser) throws -> Bool {
        var enabled = try world.enabled(withTime: !busy.isEmpty && idleSteps < Self.mostIdleSteps)
        if enabled.allSatisfy({ $0.kind == .fault }) {
            // Nothing but a fault or real time can help.
            try waitForTimer()
            enabled = try world.enabled()
            if enabled.allSatisfy({ $0.kind == .fault }) {
                takeEnded()
                if busy.isEmpty || !world.run.ended.isEmpty { return true }
                noteStuck()
                return false
            }
        }
        let choice = isChoosing ? min(max(0, chooser.choose(enabled, step: result.steps.count)), enabled.count - 1) : 0
        idleSteps = enabled[choice].kind == .timer ? idleSteps + 1 : 0
        result.events.append(.step(enabled[choice]))
        let before = world.task
        let released = try world.release(enabled[choice])
        if isChoosing {
            enabled[choice] = released
            // Of very many only the first are kept: what comes later is no near order.
            let kept = enabled.count > Self.mostEnabled ? [] : enabled
            result.steps.append(GatedRun.Step(message: released, enabled: kept, choice: choice, task: before))
        }
        takeEnded()
        if let wrong = world.run.wrong { throw wrong }
        return true
    }

    private mutating func takeEnded() {
        for ended in world.run.ended {
            busy.remove(ended.worker)
            let instance = ended.worker / scenario.cluster.workers
            result.events.append(
                .ended(task: "\(instance).\(ended.worker % scenario.cluster.workers)", words: ended.words))
            if ended.isUnknown { beginSession(ended.worker) }
        }
        world.run.ended = []
    }

    /// All is quiet, and somebody waits: only time can help.
    private func waitForTimer() throws {
        // Nobody waits for a time that does not pass.
        guard world.time == nil || !world.processesWithOwnTime().isEmpty else { return }
        let deadline = Seconds.now() + world.limits.timers
        while Seconds.now() < deadline {
            if world.isUnwanted() { throw GatedError.interrupted }
            let open = Set(world.run.open.keys.map(\.instance))
            guard !open.isEmpty else { return }
            let heard = try world.settling(open.min()) { try world.pump(milliseconds: 10) }
            if heard, try world.enabled().contains(where: { $0.kind != .fault }) || !world.run.ended.isEmpty { return }
        }
    }

    private mutating func noteStuck() {
        let waiting = world.run.open.sorted { $0.value.worker < $1.value.worker }.map { request, open in
            let place = open.worker % scenario.cluster.workers
            return "\(open.words) by worker \(place) of instance \(request.instance + 1)"
        }
        let numbers = Set(world.run.open.keys.map(\.instance)).sorted()
        let threads = numbers.compactMap { number in
            world.instance(number).watch.map { "instance \(number + 1): \(GatedWorld.text($0.states()))" }
        }
        result.stuck =
            "nothing waits at a gate, all is quiet, and these wait for ever: \(waiting.joined(separator: ", ")) "
            + "(\(threads.joined(separator: " | ")))"
    }

    /// Everything that still waits is let through in the usual order.
    private mutating func drain() throws {
        let choosing = isChoosing
        isChoosing = false
        defer { isChoosing = choosing }
        var usual = UsualOrder()
        world.withdrawFaults()
        while try !world.enabled().isEmpty { _ = try step(&usual) }
        world.run.isOriginDown = false
        if world.hasShortMemory { try world.setMemory(isShort: false) }
    }

    private mutating func pass(_ nanoseconds: Int64) throws {
        // Nothing is chosen meanwhile.
        var other = self
        try world.passTime(nanoseconds) { try other.drain() }
        self = other
    }

    // MARK: When all is quiet

    /// Every instance reads each key once more: what it should not have, it shows.
    private mutating func look() throws {
        result.events.append(.quiet)
        guard result.stuck == nil else { return }
        try drain()
        let grace = world.description?.grace ?? 0
        try pass((min(max(0, grace), 60_000) + 1_000) * 1_000_000)
        var reads: [[PlannedOperation]] = Array(repeating: [], count: scenario.cluster.totalWorkers)
        for instance in 0..<scenario.cluster.instances {
            reads[instance * scenario.cluster.workers] = keys.map { .read($0) }
        }
        var usual = UsualOrder()
        try work(reads, choosing: &usual)
        try drain()
    }

    /// A look into every layer of every instance.
    private mutating func inspect() throws {
        guard let description = world.description, description.operations.contains(.inspect) else { return }
        let names = keys.map(\.name)
        guard !names.isEmpty else { return }
        for instance in world.instances {
            guard let calls = world.run.calls[instance.number] else { continue }
            for layer in calls.layersToInspect(
                isFirst: instance.number == 0,
                isFirstOfHost: instance.number < scenario.cluster.hosts) {
                try inspect(layer, names, instance, calls)
            }
        }
    }

    private mutating func inspect(
        _ layer: Layer, _ names: [String], _ instance: GatedInstance, _ calls: SubjectCalls
    ) throws {
        var request = AdapterRequest(id: instance.nextRequest(), .inspect)
        request.layer = layer.name
        request.keys = names
        let start = world.run.clock.now()
        let place = GatedWorld.Request(instance: instance.number, number: request.id)
        world.task = "\(instance.number)"
        instance.lastTask = world.task
        try world.settling(instance.number) {
            try world.send(request, to: instance)
            _ = try world.pump(milliseconds: 1)
            try world.waitUntilQuiet(instance)
        }
        var usual = UsualOrder()
        while world.run.answers[place] == nil, try !world.enabled().isEmpty { _ = try step(&usual) }
        guard let outcome = world.run.answers.removeValue(forKey: place) else {
            throw instance.fault(.noAnswer(.inspect, .seconds(world.limits.quiet)))
        }
        guard case .ok(let answer) = outcome, let entries = answer.entries else {
            throw instance.fault(.wrongAnswer(.inspect, "it has no \"entries\""))
        }
        let log = world.run.inspections[instance.number] ?? recorder.makeLog(instance: Int32(instance.number))
        world.run.inspections[instance.number] = log
        if let wrong = calls.record(entries, of: layer, names, start...world.run.clock.now(), in: log) {
            throw instance.fault(.wrongAnswer(.inspect, wrong))
        }
    }

    // MARK: The end

    mutating func finished() -> GatedRun {
        // What never ended may have had its effect.
        for (_, open) in world.run.open {
            var open = open
            _ = open.call.finish(without: "it waits for ever")
        }
        let history = recorder.history { [origin] operations in
            origin.understand(&operations, isWhole: result.stuck == nil)
        }
        var record = RunRecord(
            world: .gated, history: history, phases: [], roundTrips: [], faults: [],
            subject: world.description.map { SubjectRecord($0) }, damages: origin.damages,
            troubles: troubles.record, adapterFault: result.stuck == nil ? origin.uncommitted : nil,
            wrongCommit: origin.wrongCommit, isWhole: result.stuck == nil)
        record.subject?.hasUnstampedLoads = false
        result.record = record
        return result
    }
}

extension Phase.Action {
    /// Whether operations of several workers are meant to overlap in it.
    fileprivate var isOverlapping: Bool {
        switch self {
        case .mix, .script: true
        default: false
        }
    }
}

extension PlannedOperation {
    package var keys: [KeyInUse] {
        switch self {
        case .read(let key), .write(let key), .delete(let key), .invalidate(let key): [key]
        case .readMany(let keys): keys
        case .invalidateTag: []
        }
    }

    fileprivate var words: String {
        switch self {
        case .invalidateTag(let tag): "invalidate the tag \(GatedWorld.text(tag))"
        case .readMany(let keys): "read \(keys.map { GatedWorld.text($0.name) }.joined(separator: ", "))"
        case .read(let key): "read \(GatedWorld.text(key.name))"
        case .write(let key): "write \(GatedWorld.text(key.name))"
        case .delete(let key): "delete \(GatedWorld.text(key.name))"
        case .invalidate(let key): "invalidate \(GatedWorld.text(key.name))"
        }
    }
}
