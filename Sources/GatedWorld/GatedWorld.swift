import AdapterProtocol
import CacheHierarchy
import Foundation
import Gates
import History
import Judging
import Processes
import RedisClient
import ScenarioRunner
import Scenarios
import Support

/// The third world: the processes of any cache, a real Redis, and a gate on each way between them, to the origin and to
/// the workers. One message is let through at a time; then the world waits until the process that was given it is
/// quiet, and looks what it has said. So the order of all messages is chosen, and can be chosen again.
///
/// Only a delivery wakes anybody, so only the one process that was given something is waited for. A message from
/// another one is late: it moved by itself, by a timer or by something that passes the gates, and the run does not
/// count.
///
/// For one thread at a time.
package final class GatedWorld {
    /// How long things may take, in seconds of the machine.
    package struct Limits: Sendable {
        /// Until an adapter has started its cache.
        package var start = 30.0
        /// Until a process is quiet after it was given something.
        package var quiet = 10.0
        /// For how long an operation that waits for nothing at a gate may wait for a timer.
        package var timers = 3.0
        /// Until Redis answers.
        package var redis = 5.0

        package init() {}
    }

    let scenario: Scenario
    let subject: SubjectDeclaration
    let server: RedisServer
    let registry: ProcessRegistry
    let seed: UInt64
    let limits: Limits
    var instances: [GatedInstance] = []
    /// The time of the processes and of Redis; `nil` where it cannot be held.
    let time: ProcessClock?
    /// Whether every instance may speak, since time has passed for each.
    var isTimePassing = false
    /// When the next key of Redis is too old, if Redis has been asked since the last command.
    var isExpiryKnown = false
    var expiry: Int64?
    /// The last message that would let time pass, and until when.
    var waitingTime: (moment: Int64, message: GatedMessage)?
    /// To the same server, past the gates.
    let control: Int32
    /// Asked where something may take long, whether anybody still wants it.
    package var isUnwanted: () -> Bool = { false }
    /// Connections to Redis that are none of the instances'.
    private var foreignClients = 0
    /// Whether any instance has ever connected to Redis.
    package internal(set) var hasConnected = false
    /// Operations of earlier runs that were never answered, and may be.
    var lost: Set<Request> = []
    /// Requests of the world's own that have not been answered.
    var awaited: Set<Request> = []
    /// What is known of the run that is under way.
    var run = RunState()
    /// The process that was given something last, while it is waited for.
    var settling: Int?
    /// Whose message that was.
    var task = ""
    /// Whether Redis has been left without memory.
    var hasShortMemory = false
    /// Whether everything is let through at once: between runs.
    var isOpen = true
    private(set) var connectionCount = 0
    var resets = 0
    /// What was let through in the run that ended the world.
    package internal(set) var unfinished = GatedRun()
    /// What was counted since the world was made.
    package internal(set) var counts = Counts()

    package struct Counts: Sendable, Hashable {
        package var steps = 0
        package var runs = 0
        /// Messages of a process that was not being waited for.
        package var late = 0
        package var starts = 0
        /// Time in seconds that was spent waiting until processes were quiet.
        package var settling = 0.0
    }

    struct RunState {
        var labels: [String: Int] = [:]
        var messageCount = 0
        /// What waits and belongs to no connection.
        var loose: [GatedMessage] = []
        var late = 0
        /// Operations that have begun: by instance and request.
        var open: [Request: OpenOperation] = [:]
        /// Requests of the world itself, and their answers.
        var answers: [Request: AdapterAnswer.Outcome] = [:]
        /// Operations that have been answered, and of which nobody has taken note yet.
        var ended: [Ended] = []
        var endedInStep = false
        var isOriginDown = false
        /// The first thing that the adapter did wrong.
        var wrong: GatedError?
        var clock = MessageClock()
        var origin: SubjectOrigin?
        /// By instance.
        var calls: [Int: SubjectCalls] = [:]
        var inspections: [Int: WorkerLog] = [:]
        /// By worker over the whole cluster: where its session is recorded, and what it begins next.
        var logs: [Int: WorkerLog] = [:]
        var next: [Int: PlannedOperation] = [:]
    }

    struct Ended {
        let worker: Int
        let isUnknown: Bool
        let words: String
    }

    struct Request: Hashable {
        let instance: Int
        let number: Int64
    }

    struct OpenOperation {
        let worker: Int
        var call: SubjectCall
        let start: Int64
        let words: String
    }

    /// Starts the instances.
    /// - Throws: ``GatedError``, `WorldError`, ``SubjectLacks``; nothing is left then.
    package init(
        _ scenario: Scenario, of subject: SubjectDeclaration, on server: RedisServer, seed: UInt64,
        limits: Limits = Limits(), time: ProcessClock? = nil
    ) throws {
        self.limits = limits
        self.time = time
        self.scenario = scenario
        self.subject = subject
        self.server = server
        self.seed = seed
        registry = ProcessRegistry(server.caretaker, leadsGroups: true)
        guard let control = Socket.connect(to: server.configuration.endpoint) else {
            throw GatedError.redis("refuses connections")
        }
        self.control = control
        do {
            try ask(["SELECT", "\(server.configuration.database)"])
            // What the world before this one may have left.
            try ask(["CONFIG", "SET", "maxmemory", "0"])
            try ask(["CONFIG", "SET", "maxmemory-policy", "noeviction"])
            foreignClients = try countClients()
            for number in 0..<scenario.cluster.instances { instances.append(try start(number)) }
            for instance in instances { try begin(instance) }
            if let description { try scenario.requireOffered(by: description) }
        } catch {
            close()
            throw error
        }
    }

    /// Ends the instances. Nothing of them is left then.
    package func close() {
        letTimeRun()
        for instance in instances { end(instance) }
        instances = []
        Foundation.close(control)
    }

    /// The cache as it describes itself.
    package var description: AdapterDescription? { instances.first?.description }

    /// What of the processes passes the gates, a text for each.
    package var passingGates: [String] {
        let ports = Set(instances.map { "127.0.0.1:\($0.port)" })
        let files = instances.flatMap { instance -> [String] in
            (instance.watch?.files() ?? []).compactMap { file in
                let who = "instance \(instance.number + 1), process \(file.process)"
                switch file.kind {
                case .tcp(_, let remote?) where !ports.contains(remote): return "\(who): a connection to \(remote)"
                case .tcp(let local, nil): return "\(who): listens at \(local)"
                case .udp(let local, _): return "\(who): a UDP socket at \(local)"
                case .regular(let path, isWritable: true): return "\(who): writes to the file \(path.printable)"
                default: return nil
                }
            }
        }
        return Array((processesWithOwnTime() + clientsPastTheGates() + files).prefix(20))
    }

    /// Connections to Redis that are none of the gates.
    private func clientsPastTheGates() -> [String] {
        guard let clients = try? countClients() else { return [] }
        let ours = foreignClients + instances.reduce(0) { $0 + $1.connections.count { !$0.isServerGone } }
        return clients > ours ? ["connections to Redis that are not led through the gates: \(clients - ours)"] : []
    }

    private func countClients() throws -> Int {
        String(decoding: try ask(["CLIENT", "LIST"]), as: UTF8.self).components(separatedBy: " laddr=").count - 1
    }

    func end(_ instance: GatedInstance) {
        let members = instance.watch?.members ?? []
        instance.end()
        for process in members { time?.forget(process) }
    }

    // MARK: Processes

    func start(_ number: Int) throws -> GatedInstance {
        let (listener, port) = try Socket.listenOnFreePort()
        do {
            let environment = time?.environment(for: ProcessInfo.processInfo.environment) ?? [:]
            let process = try GatedProcess(
                GatedProcess.Configuration(
                    command: subject.command, folder: subject.folder, environment: environment, registry: registry))
            counts.starts += 1
            return GatedInstance(
                number: number, process: process, listener: listener, port: port,
                longestLine: scenario.longestSubjectLine)
        } catch {
            Foundation.close(listener)
            throw error
        }
    }

    /// Has an instance start its cache.
    func begin(_ instance: GatedInstance) throws {
        isOpen = true
        letTimeRun()
        var request = AdapterRequest(id: instance.nextRequest(), .initialise)
        var configuration = server.configuration
        configuration.endpoint = .tcp(host: "127.0.0.1", port: Int(instance.port))
        let directory = "\(server.folder)/gated"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        request.start = AdapterStart(
            instance: instance.number, instances: scenario.cluster.instances, workers: scenario.cluster.workers,
            redis: configuration.url, directory: directory, namespace: namespace, seed: seed &+ UInt64(instance.number),
            configuration: subject.configuration)
        try send(request, to: instance)
        let outcome = try wait(
            for: Request(instance: instance.number, number: request.id), .initialise, within: limits.start)
        guard case .ok(let result) = outcome, let description = result.description else {
            throw instance.fault(.wrongAnswer(.initialise, Self.reason(of: outcome)))
        }
        guard description.protocolVersion == AdapterStart.version else {
            throw instance.fault(
                .wrongAnswer(.initialise, "it speaks version \(description.protocolVersion) of the protocol"))
        }
        if let wrong = description.wrongWord {
            throw instance.fault(.wrongAnswer(.initialise, "\(wrong.text). \(wrong.advice)"))
        }
        instance.description = description
        guard let identifier = instance.process.identifier else {
            throw instance.fault(.ended(Self.end(of: instance.process)))
        }
        let mark = instance.process.mark
        do {
            instance.watch = try QuiescenceWatch(
                processes: [identifier] + MarkedProcesses.all(mark), others: { MarkedProcesses.all(mark) })
        } catch {
            throw GatedError.notHere("\(error)")
        }
    }

    /// What the keys of a run begin with: those of each run with something else.
    var namespace: String { plainNamespace + ":" }
    /// Without the colon: a cache may put something else there.
    var plainNamespace: String { "coherence:gated-\(resets)" }

    static func reason(of outcome: AdapterAnswer.Outcome) -> String {
        switch outcome {
        case .failed(let why), .unknown(let why), .unsupported(let why):
            "the cache could not be started: \(why.printable)"
        case .ok: "it has no \"name\" of the cache"
        }
    }

    // MARK: Requests

    /// Asks for something of the world's own.
    func send(_ request: AdapterRequest, to instance: GatedInstance) throws {
        awaited.insert(Request(instance: instance.number, number: request.id))
        try write(line: request, to: instance)
    }

    func write(line: some Encodable, to instance: GatedInstance) throws {
        var bytes = [UInt8](try Self.encoder.encode(line))
        bytes.append(UInt8(ascii: "\n"))
        guard GatedConnection.write(bytes, to: instance.process.input, within: limits.quiet) else {
            _ = Self.waitForEnd(of: instance.process)
            throw instance.fault(instance.process.how.map { .ended($0) } ?? .inputClosed)
        }
    }

    private static let encoder: JSONEncoder = {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        return encoder
    }()

    /// Waits for the answer to a request of the world's own, with all gates open.
    func wait(
        for request: Request, _ operation: AdapterOperation, within seconds: Double
    ) throws -> AdapterAnswer.Outcome {
        let deadline = Seconds.now() + seconds
        while true {
            if let outcome = run.answers.removeValue(forKey: request) { return outcome }
            if isUnwanted() { throw GatedError.interrupted }
            let left = deadline - Seconds.now()
            guard left > 0 else {
                let instance = instances.first { $0.number == request.instance }
                throw instance?.fault(.noAnswer(operation, .seconds(seconds))) ?? GatedError.notHere("no instance")
            }
            try settling(request.instance) { _ = try pump(milliseconds: Int32(max(1, min(left * 1_000, 100)))) }
        }
    }

    /// What arrives meanwhile is of an instance that may speak.
    func settling<Value>(_ instance: Int?, _ body: () throws -> Value) rethrows -> Value {
        let before = settling
        settling = instance
        defer { settling = before }
        return try body()
    }

    func instance(_ number: Int) -> GatedInstance { instances[number] }

    func nextConnection() -> Int {
        connectionCount += 1
        return connectionCount
    }
}
