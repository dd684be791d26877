import CacheHierarchy
import Checking
import Foundation
import History
import Judging
import Processes
import Scenarios
import Simulation

import struct History.Operation

/// One run of one variant of a scenario: seeds the data, drives the phases one after the other, and hands over what was
/// recorded.
struct ScenarioRun {
    let scenario: Scenario
    let cluster: RunningCluster
    let plan: WorkloadPlan
    let onPhase: @Sendable (_ name: String) -> Void
    private(set) var phases: [PhaseRecord] = []
    private(set) var roundTrips: [Int64] = []
    private var bus: [Int: BusCounts] = [:]
    private let faults: FaultConductor?
    private let supervisor: RunSupervisor?
    private let isUnwanted: @Sendable () -> Bool
    private var isWhole = false

    /// - Parameters:
    ///   - supervisor: told what the run is at, if somebody ends one that does not get on.
    ///   - isUnwanted: asked while data is put into the origin, whether to go on.
    init(
        _ scenario: Scenario, _ plan: WorkloadPlan, in cluster: RunningCluster, under supervisor: RunSupervisor? = nil,
        isUnwanted: @escaping @Sendable () -> Bool = { Task.isCancelled },
        onPhase: @escaping @Sendable (String) -> Void
    ) {
        self.isUnwanted = isUnwanted
        self.scenario = scenario
        self.cluster = cluster
        self.plan = plan
        self.onPhase = onPhase
        self.supervisor = supervisor
        faults = FaultConductor(scenario, in: cluster)
    }

    /// - Throws: when the world itself fails (the origin's disk, the server), or `CancellationError`.
    mutating func execute() async throws {
        if let supervisor, let faults { supervisor.tolerate { faults.isDisturbing } }
        supervisor?.enter("the data to be in the origin")
        try await seedOrigin()
        supervisor?.enter("answers of Redis, to measure its round trip")
        if cluster.world == .live { try await measureRoundTrips() }
        let sampler = cluster.world == .live && scenario.measuresResources ? ResourceSampler(cluster) : nil
        let sampling = sampler.map { sampler in Task { await sampler.run() } }
        defer { sampling?.cancel() }
        let connections = connectionSampler
        let listing = connections.map { connections in Task { await connections.run() } }
        do {
            for (number, phase) in scenario.phases.enumerated() {
                try Task.checkCancellation()
                onPhase(phase.name)
                try await execute(phase, plan.phases[number])
            }
        } catch {
            await faults?.abandon()
            // What it records is read when this has returned.
            listing?.cancel()
            await listing?.value
            await connections?.close()
            // What else went wrong may be for that reason.
            try cluster.checkIsAlive()
            throw error
        }
        supervisor?.enter("the last measurements")
        sampling?.cancel()
        await sampling?.value
        await sampler?.sample()
        listing?.cancel()
        await listing?.value
        try await connections?.finish()
        await connections?.close()
        if scenario.reportsBus {
            for member in cluster.members { bus[member.number] = await member.busCounts() }
        }
        isWhole = true
    }

    /// What asks for lists of connections all through the run, if a check wants them.
    private var connectionSampler: ConnectionSampler? {
        guard cluster.world == .live, scenario.asksForConnections, let watch = cluster.surroundings.managerWatch else {
            return nil
        }
        return ConnectionSampler(watch, recorder: cluster.recorder, clock: cluster.clock)
    }

    /// What was recorded.
    var record: RunRecord {
        let start = phases.first?.start ?? 0
        var tracing = BusTracing()
        let history = history(&tracing)
        var managers = cluster.surroundings.managerWatch?.record?.counted(from: start)
        managers?.count(in: history)
        return RunRecord(
            world: cluster.world, history: history, phases: phases, roundTrips: roundTrips,
            faults: faults?.records(since: start) ?? [], contents: cluster.contents,
            bus: bus,
            subscribers: tracing.subscribers(of: scenario, bus), managers: managers, subject: cluster.subject,
            damages: cluster.subjectOrigin?.damages ?? [:], troubles: cluster.troubles.record,
            adapterFault: cluster.subjectOrigin?.uncommitted, wrongCommit: cluster.subjectOrigin?.wrongCommit,
            isWhole: isWhole)
    }

    /// The history, with every application traced to the operation that caused it.
    private func history(_ tracing: inout BusTracing) -> History {
        cluster.recorder.history { operations in
            var isUntraced = false
            for index in operations.indices where operations[index].kind == .apply {
                let cause = cluster.ledger.operation(at: operations[index].cause)
                operations[index].cause = cause ?? 0
                if cause == nil { isUntraced = true }
            }
            if isUntraced { operations.removeAll { $0.kind == .apply && $0.cause == 0 } }
            if scenario.asksForDelivery { tracing.trace(&operations) }
            cluster.contents?.understand(&operations, scenario)
            cluster.subjectOrigin?.understand(&operations, isWhole: isWhole)
        }
    }

    // MARK: Before the phases

    /// The data exists in the origin before anything else, and nowhere else. Recorded as writes of an instance -1, so that
    /// every version that a read returns has its write.
    private func seedOrigin() async throws {
        let keys = scenario.keysInUse
        let log = cluster.recorder.makeLog(instance: -1)
        log.reserve(keys.count)
        var first = 0
        while first < keys.count {
            if isUnwanted() { throw CancellationError() }
            // In portions, so that neither memory nor an interruption has to wait for all of it.
            var (count, size) = (0, 0)
            while first + count < keys.count, count < Self.mostKeysAtOnce, size < Self.mostBytesAtOnce {
                size += keys[first + count].valueSize
                count += 1
            }
            try await seedOrigin(with: keys[first..<first + count], into: log)
            first += count
        }
    }

    private static let mostKeysAtOnce = 10_000
    private static let mostBytesAtOnce = 32 << 20

    private func seedOrigin(with keys: ArraySlice<KeyInUse>, into log: WorkerLog) async throws {
        let records = zip(keys.indices, keys).map { index, key in
            (key: key.name, value: Values.initial(for: key, count: index), tags: key.tags)
        }
        let start = cluster.clock.now()
        let versions = try await cluster.origin.seed(records)
        let end = cluster.clock.now()
        for ((key, version), record) in zip(zip(keys, versions), records) {
            log.record(
                Operation(
                    kind: .write, key: log.number(ofKey: key.name), tagSet: log.number(ofTags: key.tags),
                    version: version, value: cluster.contents?.number(of: record.value) ?? 0, start: start, end: end))
        }
    }

    private mutating func measureRoundTrips() async throws {
        for _ in 0..<100 {
            let start = cluster.clock.now()
            try await cluster.surroundings.roundTrip()
            roundTrips.append(cluster.clock.now() - start)
        }
    }

    // MARK: Phases

    private mutating func execute(_ phase: Phase, _ operations: [[PlannedOperation]]) async throws {
        var record = PhaseRecord(name: phase.name, start: cluster.clock.now(), end: 0, isWait: phase.action.isWait)
        try await faults?.begin(phase: phase.name, planned: operations.map(\.count))
        supervise(phase)
        try await execute(phase.action, operations, &record)
        supervisor?.enter("the cluster to recover from the faults of phase \(phase.name)")
        record.end = cluster.clock.now()
        phases.append(record)
        // A run that was interrupted has nothing to recover for.
        try Task.checkCancellation()
        try cluster.checkIsAlive()
        try await faults?.end()
    }

    /// Workers who have something to do finish it one after the other.
    private func supervise(_ phase: Phase) {
        guard let supervisor else { return }
        let clients = cluster.clients
        let finished: @Sendable () -> Int = { clients.reduce(0) { sum, client in sum + client.finished } }
        supervisor.enter(
            "phase \(phase.name)", pause: phase.action.longestPause,
            progress: phase.action.isOfWorkers ? finished : nil)
    }

    private func execute(
        _ action: Phase.Action, _ operations: [[PlannedOperation]], _ record: inout PhaseRecord
    ) async throws {
        switch action {
        case .sweep(let sweep) where sweep.operation == .warm:
            try await warm(sweep, &record)
        case .sweep, .invalidateTags, .mix:
            await withTaskGroup { group in
                for (client, own) in zip(cluster.clients, operations) where !own.isEmpty {
                    group.addTask(name: Self.name(of: client)) {
                        await Self.perform(own, by: client, pace: action.pace, under: faults)
                    }
                }
            }
        case .script:
            await Simulation.exploring {
                // A group that does not look at each end: its owner wakes once.
                await withDiscardingTaskGroup { group in
                    for fault in faults?.faultsAtAnyMoment(of: record.name) ?? [] {
                        group.addTask(name: FaultConductor.nameOfTask) { await bringAbout(fault) }
                    }
                    for (client, own) in zip(cluster.clients, operations) where !own.isEmpty {
                        group.addTask(name: Self.name(of: client)) {
                            await SimulatedPart.confined(
                                toInstance: client.instanceID, tells: cluster.cacheTells, worksOff: false
                            ) {
                                await Self.perform(own, by: client, pace: nil, under: faults)
                            }
                        }
                    }
                }
            }
        case .wait(let duration):
            try await cluster.clock.sleep(nanoseconds: scenario.cluster.actual(duration, in: cluster.world).nanoseconds)
        case .inspect:
            try await inspect(&record)
        }
    }

    private static func name(of client: any ScenarioWorker) -> String { "worker \(client.number)" }

    nonisolated(nonsending) private static func perform(
        _ operations: [PlannedOperation], by client: any ScenarioWorker, pace: Double?, under faults: FaultConductor?
    ) async {
        await Simulation.named(name(of: client)) { await client.perform(operations, pace: pace, under: faults) }
    }

    /// What a fault touches it tells, and it is nobody's own.
    nonisolated(nonsending) private func bringAbout(_ fault: Int) async {
        await Simulation.named(FaultConductor.nameOfTask) { await faults?.bringAbout(fault) }
    }

    private func warm(_ sweep: Sweep, _ record: inout PhaseRecord) async throws {
        let keys = scenario.keys(of: sweep.data, first: sweep.keys).map(\.name)
        let count = sweep.by == .oneWorker ? 1 : cluster.members.count
        try await withThrowingTaskGroup(of: (Int, SeatWarming).self) { group in
            for member in cluster.members.prefix(count) {
                group.addTask { (member.number, try await member.warm(keys)) }
            }
            for try await (number, warming) in group {
                let coverage = keys.isEmpty ? 0 : 100 * Double(warming.warmed) / Double(keys.count)
                record.warmings.append((number, warming.duration, coverage))
            }
        }
    }

    /// Waits until every instance has heard everything announced so far, then looks into every layer of every one. What
    /// several instances share (L3 of a host, Redis) is looked at once.
    private func inspect(_ record: inout PhaseRecord) async throws {
        try await cluster.settle()
        let keys = scenario.keysInUse
        let names = keys.map(\.name)
        let start = cluster.clock.now()
        for client in cluster.clients where scenario.cluster.declaration(of: .l1) != nil {
            try await client.inspectOwnMemory(keys)
        }
        var hostsSeen: Set<Int> = []
        for member in cluster.members {
            let number = member.number
            var layers: [Layer] = [.l2]
            if hostsSeen.insert(cluster.declaration.host(ofInstance: number)).inserted { layers.append(.l3) }
            if number == 0 { layers.append(.redis) }
            try await member.inspect(layers, names)
        }
        record.inspections.append(cluster.clock.now() - start)
    }
}

extension Phase.Action {
    fileprivate var pace: Double? {
        if case .mix(let mix) = self { mix.pace } else { nil }
    }

    /// For how long its workers may do nothing by declaration.
    fileprivate var longestPause: Duration { pace.map { .seconds(min(2 / $0, 1e9)) } ?? .zero }

    /// Whether workers perform operations in it.
    fileprivate var isOfWorkers: Bool {
        switch self {
        case .sweep(let sweep): sweep.operation != .warm
        case .invalidateTags, .mix, .script: true
        case .wait, .inspect: false
        }
    }
}

extension Scenario {
    fileprivate var measuresResources: Bool {
        checks.contains { if case .resources = $0 { true } else { false } }
    }

    fileprivate var asksForConnections: Bool {
        checks.contains { if case .connections = $0 { true } else { false } }
    }
}
