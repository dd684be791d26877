import CacheHierarchy
import Locking
import Simulation

/// One place in a cluster, and who fills it: an instance, and after its crash another one.
final class ClusterMember: Sendable {
    /// Who fills the place.
    struct Incarnation: Sendable {
        /// Counted from 0.
        let number: Int
        let instance: CacheInstance
        /// `nil` in a cluster that no fault is declared for.
        let life: Lifeline?
        let link: (any InstanceLink)?
    }

    private struct State {
        var incarnation: Incarnation
        var isDown = false
        var waiting: [CheckedContinuation<Void, Never>] = []
        var restarting: Task<Void, Never>?
    }

    /// Counted from 0.
    let number: Int
    let observer: SharedRecordingObserver
    /// The instance's own clock; `nil` if it goes by the cluster's.
    let ownClock: SkewedClock?
    private let starter: InstanceStarter
    private let state: Lock<State>

    init(number: Int, observer: SharedRecordingObserver, starter: InstanceStarter) async throws {
        self.number = number
        self.observer = observer
        self.starter = starter
        ownClock = starter.isSkewed ? SkewedClock(starter.parts.clock, ofPlace: number) : nil
        state = Lock(
            State(incarnation: try await starter.start(0, of: number, observer: observer, ownClock: ownClock)))
    }

    private func look<Result>(_ body: (borrowing State) -> Result) -> Result {
        Simulation.touch(SimulatedPart.place(number), .reads)
        return state.withLock { body($0) }
    }

    private func change<Result>(_ body: (inout State) -> Result) -> Result {
        Simulation.touch(SimulatedPart.place(number), .writes)
        return state.withLock { body(&$0) }
    }

    /// Who fills the place, or did so last.
    var incarnation: Incarnation { look { $0.incarnation } }

    var instance: CacheInstance { incarnation.instance }
    var clock: any CacheClock { ownClock ?? starter.parts.clock }

    /// Who fills the place, as soon as somebody does who does not stand still.
    nonisolated(nonsending) func running() async -> Incarnation {
        while true {
            let (incarnation, isDown) = look { ($0.incarnation, $0.isDown) }
            if isDown {
                await waitForRestart()
            } else if (try? await incarnation.life?.pass()) != nil || incarnation.life == nil {
                return incarnation
            }
            // Else it died during a pause.
            if Task.isCancelled { return incarnation }
        }
    }

    private nonisolated(nonsending) func waitForRestart() async {
        await withCheckedContinuation { continuation in
            let isUp = change { state in
                if state.isDown { state.waiting.append(continuation) }
                return !state.isDown
            }
            if isUp { continuation.resume() }
        }
    }

    /// Ends the instance where it stands. Its connections drop, its memory is gone, and nobody is told.
    func crash() async {
        let incarnation = change { state in
            state.isDown = true
            return state.incarnation
        }
        // In the instance's name: what ends its tasks, and waits for that, touches what they touch.
        let id = incarnation.instance.id
        await Simulation.confined(to: SimulatedPart.instance(id), always: .work(id)) {
            incarnation.life?.end()
            await incarnation.link?.sever()
            await incarnation.instance.stop()
        }
        observer.distrusted(at: starter.parts.clock.now())
    }

    /// Begins to start another instance in its place, again and again until Redis lets it join.
    func restart() {
        let next = incarnation.number + 1
        let task = Task { [self] in
            while !Task.isCancelled {
                do {
                    let started = try await starter.start(
                        next, of: number, observer: observer, ownClock: ownClock)
                    comeUp(with: started)
                    return
                } catch {
                    try? await starter.parts.clock.sleep(nanoseconds: 10_000_000)
                }
            }
        }
        change { $0.restarting = task }
    }

    private func comeUp(with incarnation: Incarnation?) {
        let waiting: [CheckedContinuation<Void, Never>] = change { state in
            if let incarnation { state.incarnation = incarnation }
            state.isDown = false
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Nanoseconds that are long enough to notice a loss, to be counted out, and to be back, several times over.
    var patience: Int64 { 20 * instance.configuration.lease }

    /// Returns when the instance serves from its own layers again and has announced what it owed.
    /// - Returns: `false` if it did not within so many nanoseconds.
    func heal(within patience: Int64) async -> Bool {
        let clock = starter.parts.clock
        let deadline = clock.now() + patience
        while true {
            let (incarnation, isDown) = look { ($0.incarnation, $0.isDown) }
            if !isDown, incarnation.instance.isTrusted, !incarnation.instance.hasUnannouncedWrites { return true }
            guard clock.now() < deadline else { return false }
            do { try await clock.sleep(nanoseconds: 1_000_000) } catch { return false }
        }
    }

    /// Ends the instance as it should be, with everything of it.
    func stop() async {
        let (incarnation, isDown, restarting) = look { ($0.incarnation, $0.isDown, $0.restarting) }
        incarnation.life?.resume()
        if isDown {
            restarting?.cancel()
            await restarting?.value
            comeUp(with: nil)
        }
        let last = self.incarnation
        await last.instance.stop()
        await last.link?.sever()
    }
}
