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
    /// Whether the schedule decides when something happens, and not the count of operations.
    private let isAtAnyMoment: Bool

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
        for timer in state.withLock({ $0.endPhase() }) { timer.cancel() }
        await makeDueChanges()
        for timer in state.withLock({ $0.timersOfThisPhase }) { await timer.value }
        for recovery in state.withLock({ $0.takeRecoveries() }) { await recovery.value }
        try check()
        guard state.withLock({ $0.isQuiet }) else { return }
        for member in cluster.members {
            guard await member.heal(within: patience) else {
                try Task.checkCancellation()
                throw FaultError(.notHealed, "instance \(member.number + 1) did not recover from the faults")
            }
        }
    }

    /// Nanoseconds that are long enough to notice a loss, to be counted out, and to be back, several times over.
    private var patience: Int64 { 20 * cluster.declaration.lease.nanoseconds }

    private func check() throws {
        if let failure = state.withLock({ $0.failure }) { throw failure }
    }

    /// Ends everything that is still on, for the end of a run that did not come to its own.
    func abandon() async {
        for timer in state.withLock({ $0.abandon() }) { timer.cancel() }
        for member in cluster.members {
            await member.resume()
            await member.route?.resume()
        }
        await injector.heal()
        state.withLock { $0.takeWaiting() }.forEach { $0.resume() }
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
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { schedule in
                    // A cancellation that came before there was anybody to resume.
                    let waits = schedule.isChanging && !Task.isCancelled
                    if waits { schedule.waiting.append(continuation) }
                    return !waits
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            // The others look again whether they have to wait.
            for continuation in state.withLock({ $0.takeWaiting() }) { continuation.resume() }
        }
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
            let waiting = state.withLock { schedule in
                schedule.made(change, from: start, to: end)
                return schedule.takeWaiting()
            }
            if !change.fault.isAtCommit {
                startTimer(after: change)
                measureRecovery(after: change, since: end)
            }
            for continuation in waiting { continuation.resume() }
        }
    }

    private func startTimer(after change: FaultSchedule.Change) {
        let pause: Int64
        if change.isBeginning, case .after(let duration) = change.fault.end {
            pause = duration.nanoseconds
        } else if let next = state.withLock({ $0.nextBeginning(of: change.number) }) {
            pause = max(0, next - cluster.clock.now())
        } else {
            return
        }
        let timer = Task { [self] in
            do { try await cluster.clock.sleep(nanoseconds: pause) } catch { return }
            state.withLock { $0.timeIsUp(for: change.number) }
            await makeDueChanges()
        }
        state.withLock { $0.timers[change.number] = timer }
    }

    /// In virtual time it would say nothing, and be one more thing to schedule.
    private func measureRecovery(after change: FaultSchedule.Change, since end: Int64) {
        guard cluster.world == .live, !change.isBeginning || change.fault.end == nil, change.fault.needsRecovery else {
            return
        }
        let members = members(hitBy: change.fault)
        let task = Task { [self] in
            for member in members where await !member.heal(within: patience) { return }
            let duration = cluster.clock.now() - end
            state.withLock { $0.recovered(from: change.number, within: duration) }
        }
        state.withLock { $0.recoveries.append(task) }
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
        state.withLock { $0.struck(change.number, at: now) }
        measureRecovery(after: change, since: now)
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
        let members = members(hitBy: fault)
        switch (fault.action, fault.victim) {
        case (.crash(let remains), .redis): try await injector.crashRedis(remains ?? .lost)
        case (.pause, .redis): try await injector.pauseRedis()
        case (.memoryPressure, _): try await injector.refuseMemory(true)
        case (.eviction, _): try await injector.evictKey()
        case (.failover, _): try await injector.holdBackReplica()
        case (.crash, _): for member in members { await member.crash() }
        case (.pause, _): for member in members { await member.pause() }
        case (.partition, _): for member in members { await member.route?.stall() }
        case (.disconnect, _): for member in members { await member.route?.disconnect() }
        case (.delay(let time), _):
            for member in members { await member.route?.delay(by: time.nanoseconds) }
        case (.skew(let time), _):
            let actual = cluster.declaration.actual(time, in: cluster.world)
            for member in members { try await member.jump(by: actual.nanoseconds) }
        }
    }

    func end(_ fault: Fault) async throws {
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
        case (.disconnect, _), (.skew, _), (.eviction, _): break
        }
    }
}
