import Foundation
import Processes
import ScenarioRunner
import Scenarios
import Support

/// Something that goes wrong at a moment that the search chooses.
package enum GatedFault: Sendable, Hashable {
    /// Instances are killed, and started again at once.
    case kill(Range<Int>)
    /// The connections of instances to Redis are cut. What has not been let through on them is lost.
    case disconnect(Range<Int>)
    /// Redis ends and is there again at once: all connections are cut, and its scripts are gone.
    case restartRedis(losesData: Bool)
    /// Redis gives up all keys.
    case evict
    /// Redis refuses whatever needs memory, from now on or no more.
    case memory(isOn: Bool)
    /// The origin refuses everything, from now on or no more.
    case origin(isDown: Bool)

    /// - Returns: `nil` for what every order has anyway, and for what is not explored:
    ///   ``Scenarios/Fault/gatedMeaning``.
    init?(_ fault: Fault, in cluster: Cluster) {
        switch fault.action {
        case .crash where fault.concernsOrigin: self = .origin(isDown: true)
        case .crash(let remains) where fault.concernsServer: self = .restartRedis(losesData: remains == .lost)
        case .crash: self = .kill(fault.instances(of: cluster))
        case .disconnect, .partition: self = .disconnect(fault.instances(of: cluster))
        case .eviction: self = .evict
        case .memoryPressure: self = .memory(isOn: true)
        case .pause, .delay, .hold, .skew, .failover: return nil
        }
    }

    /// What may follow it at any later moment.
    var end: GatedFault? {
        switch self {
        case .memory(isOn: true): .memory(isOn: false)
        case .origin(isDown: true): .origin(isDown: false)
        default: nil
        }
    }

    var words: String {
        func instances(_ range: Range<Int>) -> String {
            range.map { "instance \($0 + 1)" }.joined(separator: " and ")
        }
        return switch self {
        case .kill(let range): "\(instances(range)) is killed, and started again"
        case .disconnect(let range): "the connections of \(instances(range)) to Redis are cut"
        case .restartRedis(true): "Redis ends, and is there again without its data"
        case .restartRedis(false): "Redis ends, and is there again with its data"
        case .evict: "Redis gives up all keys"
        case .memory(true): "Redis has no memory left"
        case .memory(false): "Redis has memory again"
        case .origin(true): "the origin is down"
        case .origin(false): "the origin is there again"
        }
    }
}

/// How a declared fault is explored on real processes.
package enum GatedMeaning: Sendable, Hashable {
    /// Once, at any moment.
    case chosen
    /// Every order has it: a message that is late is late.
    case inEveryOrder
    case notExplored
}

extension Fault {
    package var gatedMeaning: GatedMeaning {
        switch action {
        case .crash, .disconnect, .partition, .eviction, .memoryPressure: .chosen
        case .pause, .delay, .hold: .inEveryOrder
        case .skew, .failover: .notExplored
        }
    }

    /// What a story says of it; `nil` if it is not chosen.
    package func gatedWords(in cluster: Cluster) -> String? { GatedFault(self, in: cluster)?.words }
}

extension GatedWorld {
    /// Offers the faults of a phase: each waits as a message does, after all others, and may never be let through.
    func offerFaults(of phase: String) {
        for fault in scenario.faults where fault.phases.contains(phase) {
            guard let gated = GatedFault(fault, in: scenario.cluster) else { continue }
            offer(gated)
        }
    }

    private func offer(_ fault: GatedFault) {
        var footprint = Footprint()
        footprint.isEverywhere = true
        add(.fault, nil, "fault", about: fault.words, words: fault.words, footprint, .fault(fault))
    }

    func withdrawFaults() { run.loose.removeAll { $0.kind == .fault } }

    /// It happens.
    func strike(_ fault: GatedFault) throws {
        if let end = fault.end { offer(end) }
        switch fault {
        case .kill(let range): for number in range { try kill(number) }
        case .disconnect(let range): for number in range { try cut(number) }
        case .restartRedis(let losesData):
            try ask(["SCRIPT", "FLUSH"])
            for number in instances.indices { try cut(number) }
            if losesData { try ask(["FLUSHALL"]) }
        case .evict:
            let script = "for _, key in ipairs(redis.call('KEYS', '*')) do redis.call('DEL', key) end return 0"
            try ask(["EVAL", script, "0"])
            for instance in instances {
                for connection in instance.connections where !connection.isClosed && !connection.isServerGone {
                    try hearServer(connection)
                }
            }
        case .memory(let isOn): try setMemory(isShort: isOn)
        case .origin(let isDown): run.isOriginDown = isDown
        }
    }

    func setMemory(isShort: Bool) throws {
        hasShortMemory = isShort
        try ask(["CONFIG", "SET", "maxmemory", isShort ? "1" : "0"])
    }

    /// The instance sees its connections closed, and may open others.
    private func cut(_ number: Int) throws {
        let instance = instance(number)
        for connection in instance.connections { drop(connection) }
        instance.lastTask = "\(number)"
        task = "\(number)"
        try settling(number) {
            _ = try pump(milliseconds: 1)
            try waitUntilQuiet(instance)
        }
        task = "fault"
    }

    /// What it was asked may have had its effect.
    private func kill(_ number: Int) throws {
        end(instances[number])
        run.loose.removeAll { $0.instance == number && $0.kind != .operation }
        for (request, open) in run.open where request.instance == number {
            run.open[request] = nil
            var open = open
            let ending = open.call.finish(without: "the instance was killed meanwhile")
            run.ended.append(
                Ended(worker: open.worker, isUnknown: ending.isUnknown, words: "is lost with its instance"))
            run.endedInStep = true
        }
        let fresh = try start(number)
        instances[number] = fresh
        try begin(fresh)
        stopTime()
        try settling(number) { try waitUntilQuiet(fresh) }
        isOpen = false
    }
}
