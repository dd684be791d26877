import AdapterProtocol
import Foundation
import Gates
import History
import Judging
import ScenarioRunner
import Scenarios
import Support

/// One run: from a cache that knows nothing to one that is quiet.
extension GatedWorld {
    /// Has the cache forget everything, and runs a plan.
    /// - Parameters:
    ///   - plan: what the workers do, phase by phase.
    ///   - chooser: decides where operations overlap: in mixes and scripts, or in sweeps if there is nothing else.
    /// - Throws: what ends the world: it is to be closed then.
    package func perform(_ plan: WorkloadPlan, choosing chooser: inout some MessageChooser) throws -> GatedRun {
        try reset()
        counts.runs += 1
        var execution = try GatedExecution(self, plan)
        do {
            try execution.perform(&chooser)
        } catch {
            unfinished = execution.result
            throw error
        }
        return execution.finished()
    }

    // MARK: Forgetting

    /// Everything that still waits is let through, and the cache begins anew, under another namespace.
    func reset() throws {
        isOpen = true
        letTimeRun()
        waitingTime = nil
        task = ""
        withdrawFaults()
        if hasShortMemory { try setMemory(isShort: false) }
        try drain()
        let isUnsettled = !run.open.isEmpty
        lost.formUnion(run.open.keys)
        run = RunState()
        resets += 1
        try ask(["FLUSHALL"])
        for number in instances.indices {
            if isUnsettled || !canReset(instances[number]) {
                end(instances[number])
                instances[number] = try start(number)
                try begin(instances[number])
            } else {
                let instance = instances[number]
                var request = AdapterRequest(id: instance.nextRequest(), .reset)
                request.namespace = namespace
                try send(request, to: instance)
                let outcome = try wait(
                    for: Request(instance: number, number: request.id), .reset, within: limits.start)
                guard case .ok = outcome else {
                    throw instance.fault(.wrongAnswer(.reset, Self.reason(of: outcome)))
                }
                if instance.usualConnections == nil { instance.usualConnections = instance.connections.count }
            }
        }
        for instance in instances {
            try settling(instance.number) { try waitUntilQuiet(instance) }
            instance.openAsks = []
            instance.lastTask = "\(instance.number)"
        }
        stopTime()
        for instance in instances { try settling(instance.number) { try waitUntilQuiet(instance) } }
        run = RunState()
        isExpiryKnown = false
        isOpen = false
    }

    /// A process that grows with each reset is started anew now and then.
    private func canReset(_ instance: GatedInstance) -> Bool {
        guard instance.description?.operations.contains(.reset) == true, instance.process.how == nil else {
            return false
        }
        guard let usual = instance.usualConnections else { return true }
        return instance.connections.count <= usual + Self.mostLeftConnections
    }

    private static let mostLeftConnections = 32

    /// With all gates open: what waits is let through, and questions are answered.
    private func drain() throws {
        let deadline = Seconds.now() + limits.quiet
        while Seconds.now() < deadline {
            for message in run.loose {
                run.loose.removeAll { $0.number == message.number }
                guard let number = message.instance else { continue }
                let instance = instance(number)
                switch message.payload {
                case .question(let ask):
                    instance.openAsks.remove(ask.number)
                    let refusal = OriginAnswer.Outcome.failed("the run is over")
                    try write(line: OriginAnswer(ask: ask.number, outcome: refusal), to: instance)
                case .answer(let answer):
                    instance.openAsks.remove(answer.ask)
                    try write(line: answer, to: instance)
                default: continue
                }
            }
            let waiting = try enabled()
            for message in waiting { try release(message) }
            for instance in instances { try settling(instance.number) { try waitUntilQuiet(instance) } }
            if try enabled().isEmpty { return }
        }
    }

    // MARK: Operations

    /// A worker begins its next operation.
    func begin(_ worker: Int, _ message: GatedMessage) throws {
        guard let number = message.instance, let planned = run.next[worker], let calls = run.calls[number],
            let log = run.logs[worker]
        else { return }
        let instance = instance(number)
        let place = worker % scenario.cluster.workers
        let start = run.clock.now()
        let call = calls.begin(planned, by: place, in: log)
        let id = instance.nextRequest()
        var request = call.request
        request.id = id
        run.next[worker] = nil
        run.open[Request(instance: number, number: id)] = OpenOperation(
            worker: worker, call: call, start: start, words: planned.description)
        try settle(message) { try write(line: request, to: instance) }
    }

    /// An operation has been answered.
    func finish(_ open: inout OpenOperation, with outcome: AdapterAnswer.Outcome, of instance: GatedInstance) {
        let reply = AdapterProcess.Reply(outcome, during: open.start...run.clock.now())
        let ending = open.call.finish(reply)
        if let wrong = ending.wrong, run.wrong == nil {
            run.wrong = instance.fault(.wrongAnswer(open.call.word, wrong))
        }
        run.ended.append(Ended(worker: open.worker, isUnknown: ending.isUnknown, words: words(of: outcome)))
    }

    private func words(of outcome: AdapterAnswer.Outcome) -> String {
        switch outcome {
        case .failed(let why): "failed: \(why.prefix(120).description.printable)"
        case .unknown(let why): "ended, and nobody knows how: \(why.prefix(120).description.printable)"
        case .unsupported: "is not supported"
        case .ok(let result):
            switch result.value {
            case .value(let text): run.origin?.words(ofValue: text) ?? "a value"
            case .nothing: "nothing exists"
            case .miss: "a miss"
            case nil: "is done"
            }
        }
    }
}
