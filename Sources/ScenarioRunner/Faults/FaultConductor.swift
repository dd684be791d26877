import CacheHierarchy
import Judging
import Scenarios
import Simulation
import Support

/// Brings the faults of a scenario about when their time has come, ends them, and knows what became of them.
///
/// Time is counted in finished operations. Who finishes the operation at which something is due makes it happen, and
/// meanwhile nobody begins another one: so a share means the same in every world.
final class FaultConductor: Sendable {
    let cluster: RunningCluster
    private let injector: any FaultInjector
    let state: Lock<FaultSchedule>
    private let tasks = Lock(Tasks())
    /// Those that wait until nothing changes.
    private let admissions = WaitQueue<Void>()
    /// Whether the schedule decides when something happens, and not the count of operations.
    private let isAtAnyMoment: Bool

    private struct Tasks {
        /// By fault, what ends it after its time or begins it again.
        var timers: [Int: Task<Void, Never>] = [:]
        /// What waits for victims to recover, to know how long that takes.
        var recoveries: [Task<Void, Never>] = []
    }

    static let noteOfBeginning: StaticString = "fault begins"
    static let noteOfEnd: StaticString = "fault ends"

    /// - Returns: `nil` if the scenario declares no faults, or the world has no means for them.
    init?(_ scenario: Scenario, in cluster: RunningCluster) {
        guard !scenario.faults.isEmpty, let injector = cluster.injector else { return nil }
        self.cluster = cluster
        self.injector = injector
        isAtAnyMoment = scenario.faults.contains(where: \.isAtAnyMoment)
        state = Lock(FaultSchedule(scenario))
    }

    /// What became of the faults so far, in the order of their declaration.
    /// - Parameter origin: the time from which theirs are counted.
    func records(since origin: Int64) -> [FaultRecord] {
        state.withLock { schedule in
            schedule.records.map { record in
                var record = record
                record.start = record.start.map { $0 - origin }
                record.end = record.end.map { $0 - origin }
                return record
            }
        }
    }

    /// Whether something is wrong on purpose, is about to be, or is about to be over.
    var isDisturbing: Bool { state.withLock { !$0.isQuiet || $0.isChanging } }

    // MARK: Phases

    /// - Parameter planned: how much each worker is to do.
    /// - Throws: ``FaultError``, as everything here does.
    func begin(phase: String, planned: [Int]) async throws {
        state.withLock { $0.begin(phase, planned: planned) }
        await makeDueChanges()
        try check()
    }

    /// Ends what ends with this phase, and returns when the cluster has recovered.
    func end() async throws {
        try await giveUpOnCommits()
        for timer in timers(of: state.withLock { $0.endPhase() }) { timer.cancel() }
        await makeDueChanges()
        for timer in timers(of: state.withLock { $0.endingWithPhase }) { await Self.end(of: timer) }
        let recoveries = tasks.withLock { tasks in
            defer { tasks.recoveries = [] }
            return tasks.recoveries
        }
        for recovery in recoveries { await Self.end(of: recovery) }
        try Task.checkCancellation()
        try check()
        guard state.withLock({ $0.isQuiet }) else { return }
        for member in cluster.members {
            guard await member.heal(within: patience) else {
                try Task.checkCancellation()
                throw FaultError(.notHealed, "instance \(member.number + 1) did not recover from the faults")
            }
        }
    }

    /// Returns when a task has ended, which is cancelled with the one that waits for it: a fault may last for longer
    /// than the run may.
    private static func end(of task: Task<Void, Never>) async {
        await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
    }

    private func timers(of faults: [Int]) -> [Task<Void, Never>] {
        tasks.withLock { tasks in faults.compactMap { tasks.timers[$0] } }
    }

    /// Nanoseconds that are long enough to notice a loss, to be counted out, and to be back, several times over.
    private var patience: Int64 { 20 * cluster.declaration.lease.nanoseconds }

    private func check() throws {
        if let failure = state.withLock({ $0.failure }) { throw failure }
    }

    /// Ends everything that is still on, for the end of a run that did not come to its own.
    func abandon() async {
        state.withLock { $0.abandon() }
        let running = tasks.withLock { tasks in
            defer { tasks = Tasks() }
            return tasks.timers.values + tasks.recoveries
        }
        for task in running { task.cancel() }
        for member in cluster.members {
            await member.resume()
            await member.route?.resume()
        }
        cluster.originCondition.heal()
        await injector.heal()
        admissions.wake()
    }

    // MARK: Operations

    /// Returns when the worker may begin its next operation, with the instance that it is a client of.
    nonisolated(nonsending) func admit<Seat: InstanceSeat>(toInstanceOf seat: Seat) async -> Seat.Occupant {
        while true {
            let occupant = await seat.running()
            if isAtAnyMoment { return occupant }
            if await waitForChange() { continue }
            return occupant
        }
    }

    /// - Returns: whether there was something to wait for.
    private nonisolated(nonsending) func waitForChange() async -> Bool {
        guard state.withLock({ $0.isChanging }), !Task.isCancelled else { return false }
        await admissions.wait { state.withLock { $0.isChanging } }
        return true
    }

    /// An operation is over.
    nonisolated(nonsending) func completed(by worker: Int) async {
        if isAtAnyMoment { return }
        let isEvicting = state.withLock { state in
            state.completed(by: worker)
            return state.isEvicting
        }
        if isEvicting { await evict() }
        await makeDueChanges()
    }

    private func evict() async {
        do {
            try await injector.evictKey()
        } catch {
            state.withLock { $0.fail(FaultError(.failed, "eviction: \(error)")) }
        }
    }

    private nonisolated(nonsending) func makeDueChanges() async {
        while let change = state.withLock({ $0.takeDueChange() }) {
            let start = cluster.clock.now()
            do {
                try await make(change)
            } catch {
                state.withLock { $0.fail(FaultError(.failed, "\(change.fault): \(error)")) }
            }
            let end = cluster.clock.now()
            perform(state.withLock { $0.made(change, from: start, to: end) }, for: change.fault, since: end)
        }
    }

    private func perform(_ actions: [FaultSchedule.Action], for fault: Fault, since end: Int64) {
        for action in actions {
            switch action {
            case .startTimer(let number, let timer): start(timer, for: number)
            case .measureRecovery(let number): measureRecovery(of: fault, number, since: end)
            case .admitWorkers: admissions.wake()
            }
        }
    }

    private func start(_ timer: FaultSchedule.Timer, for number: Int) {
        let pause =
            switch timer {
            case .after(let nanoseconds): nanoseconds
            case .at(let time): max(0, time - cluster.clock.now())
            }
        let task = Task { [self] in
            do { try await cluster.clock.sleep(nanoseconds: pause) } catch { return }
            state.withLock { $0.timeIsUp(for: number) }
            await makeDueChanges()
        }
        tasks.withLock { $0.timers[number] = task }
    }

    /// In virtual time it would say nothing, and be one more thing to schedule.
    private func measureRecovery(of fault: Fault, _ number: Int, since end: Int64) {
        guard cluster.world == .live else { return }
        let members = members(hitBy: fault)
        let task = Task { [self] in
            for member in members where await !member.heal(within: patience) { return }
            let duration = cluster.clock.now() - end
            state.withLock { $0.recovered(from: number, within: duration) }
        }
        tasks.withLock { $0.recoveries.append(task) }
    }

    private func make(_ change: FaultSchedule.Change) async throws {
        let fault = change.fault
        if fault.isAtCommit {
            for member in members(hitBy: fault) {
                try await member.crashAtCommit { [self] in struck(change) }
            }
            return
        }
        if change.isBeginning {
            Simulation.note(Self.noteOfBeginning, change.number)
            try await begin(fault)
        }
        if !change.isBeginning || fault.end == nil {
            Simulation.note(Self.noteOfEnd, change.number)
            try await end(fault)
        }
    }

    /// A victim has died at its commit.
    private func struck(_ change: FaultSchedule.Change) {
        let now = cluster.clock.now()
        Simulation.note(Self.noteOfBeginning, change.number)
        Simulation.note(Self.noteOfEnd, change.number)
        perform(state.withLock { $0.struck(change, at: now) }, for: change.fault, since: now)
    }

    /// Who has not committed anything by the end of the phases lives.
    private func giveUpOnCommits() async throws {
        for fault in state.withLock({ $0.takeUnstruck() }) {
            for member in members(hitBy: fault) { try await member.surviveCommits() }
        }
    }

    private func members(hitBy fault: Fault) -> ArraySlice<any InstanceSeat> {
        cluster.members[fault.instances(of: cluster.declaration)]
    }

    func begin(_ fault: Fault) async throws {
        if fault.concernsOrigin { return cluster.originCondition.begin(fault.action) }
        let members = members(hitBy: fault)
        switch (fault.action, fault.victim) {
        case (.crash(let remains), .redis): try await injector.crashRedis(remains ?? .lost)
        case (.pause, .redis): try await injector.pauseRedis()
        case (.memoryPressure, _): try await injector.refuseMemory(true)
        case (.eviction, _): try await injector.evictKey()
        case (.failover, _): try await injector.holdBackReplica()
        case (.crash, _): for member in members { await member.crash() }
        case (.pause, _): for member in members { await member.pause() }
        case (.partition, _): for member in members { await member.route?.stall(passing: fault.passes) }
        case (.disconnect, _): for member in members { await member.route?.disconnect() }
        case (.delay(let time), _):
            for member in members { await member.route?.delay(by: time.nanoseconds) }
        case (.skew(let time), _):
            let actual = cluster.declaration.actual(time, in: cluster.world)
            for member in members { try await member.jump(by: actual.nanoseconds) }
        case (.hold, _): break
        }
    }

    func end(_ fault: Fault) async throws {
        if fault.concernsOrigin { return cluster.originCondition.end(fault.action) }
        let members = members(hitBy: fault)
        switch (fault.action, fault.victim) {
        case (.crash, .redis): try await injector.restartRedis()
        case (.pause, .redis): try await injector.resumeRedis()
        case (.memoryPressure, _): try await injector.refuseMemory(false)
        case (.failover, _): try await injector.failOver()
        case (.crash, _): for member in members { member.restart() }
        case (.pause, _): for member in members { await member.resume() }
        case (.partition, _): for member in members { await member.route?.resume() }
        case (.delay, _): for member in members { await member.route?.delay(by: 0) }
        case (.disconnect, _), (.skew, _), (.eviction, _), (.hold, _): break
        }
    }
}
