import CacheHierarchy
import History
import Processes
import Scenarios
import Support

/// One place in a cluster whose instances are processes, and who fills it: a process, and after its crash another one.
final class ProcessSeat: InstanceSeat {
    let number: Int
    private let launcher: ProcessSeating
    private let recorder: Recorder
    private let ledger: InvalidationLedger
    private let succession: Succession<InstanceProcess>
    private let state = Lock(State())

    private struct State {
        /// Processes whose journals have not been read.
        var unread: [InstanceProcess] = []
        /// Why nobody could be started after a crash, or what is wrong with what one recorded.
        var trouble: String?
        /// What was under way when the last process ended, in words.
        var open: [String] = []
        /// What clears away who died at a commit, and finds another.
        var burial: Task<Void, Never>?
    }

    init(
        _ number: Int, launcher: ProcessSeating, recorder: Recorder, ledger: InvalidationLedger
    ) async throws {
        self.number = number
        self.launcher = launcher
        self.recorder = recorder
        self.ledger = ledger
        let first = try await launcher.launch(number, incarnation: 0)
        succession = Succession(first, inPlace: number)
        state.withLock { $0.unread = [first] }
    }

    /// Who fills the place, or did so last.
    var process: InstanceProcess { succession.last }
    var route: (any InstanceRoute)? { process.route }

    /// One that stands still is told all the same what to do, and does it when it goes on.
    nonisolated(nonsending) func running() async -> InstanceProcess {
        while succession.present.isVacant && !Task.isCancelled { await succession.waitUntilFilled() }
        return process
    }

    // MARK: Phases

    func settle(_ time: Int64, deadline: Int64) async throws {
        try await process.ask(.settle(time: time, deadline: deadline))
    }

    func inspect(_ layers: [Layer], _ names: [String]) async throws { try await process.ask(.inspect(layers, names)) }

    func warm(_ names: [String]) async throws -> SeatWarming {
        guard case .warmed(let warming) = try await process.ask(.warm(names)) else {
            throw InstanceProcess.Failure(description: "it was asked to warm and answered something else")
        }
        return warming
    }

    /// Of the process that fills the place: what others had counted died with them.
    func busCounts() async -> BusCounts? {
        guard case .bus(let counts) = try? await process.ask(.countBus) else { return nil }
        return counts
    }

    // MARK: Faults

    func crash() async {
        if let process = succession.vacate() { await bury(process) }
    }

    private func bury(_ process: InstanceProcess) async {
        await process.end(isWanted: true)
        RecordingObserver(log: recorder.makeLog(instance: Int32(number)))
            .observe(.distrusted(at: MonotonicClock.now()))
    }

    func crashAtCommit(_ struck: @escaping @Sendable () -> Void) async throws {
        process.expectDeath { [self] in
            let process = succession.vacate()
            struck()
            let task = Task {
                if let process { await bury(process) }
                restart()
            }
            state.withLock { $0.burial = task }
        }
        try await process.ask(.die(atCommit: true))
    }

    func surviveCommits() async throws {
        guard process.expectsDeath else { return }
        try await process.ask(.die(atCommit: false))
        process.expectNoDeath()
    }

    func restart() {
        succession.refill { [self] next in
            let deadline = ContinuousClock.now + launcher.program.patience
            while !Task.isCancelled {
                do {
                    let process = try await launcher.launch(number, incarnation: next)
                    state.withLock { $0.unread.append(process) }
                    return process
                } catch {
                    guard ContinuousClock.now < deadline else {
                        state.withLock {
                            $0.trouble = "was killed by a fault, and no other could be started in its place: \(error)"
                        }
                        return nil
                    }
                    try? await Task.sleep(for: .milliseconds(10))
                }
            }
            return nil
        } orDismiss: { [self] in
            await bury($0)
        }
    }

    func pause() async { await process.pause() }
    func resume() async { await process.resume() }
    func jump(by nanoseconds: Int64) async throws { try await process.ask(.jump(by: nanoseconds)) }

    /// A process takes its time to start, which is not counted.
    func heal(within patience: Int64) async -> Bool {
        guard case .healed(true) = try? await running().ask(.heal(within: patience)) else { return false }
        return true
    }

    // MARK: The end

    func checkIsAlive() throws {
        let death = process.hasDied ? process.ending : nil
        if death != nil { readJournals() }
        let (trouble, open) = state.withLock { ($0.trouble, $0.open) }
        guard let ending = trouble ?? death else { return }
        throw InstanceDeath(instance: number, identifier: process.identifier, ending: ending, open: open)
    }

    func stop() async {
        await state.withLock { $0.burial }?.value
        await succession.close()
        await process.stop()
        readJournals()
    }

    /// Takes over what processes that have ended recorded.
    private func readJournals() {
        let ended = state.withLock { state in
            let ended = state.unread.filter { $0.ending != nil }
            state.unread.removeAll { process in ended.contains { $0 === process } }
            return ended
        }
        for process in ended {
            do {
                let open = try JournalReading(path: process.settings.journal).take(into: recorder, ledger)
                state.withLock { $0.open = open }
            } catch {
                state.withLock { $0.trouble = "recorded what cannot be read: \(error)" }
            }
        }
    }
}
