import CacheHierarchy
import History
import Simulation
import Support

/// One place in a cluster whose instances are tasks of this process, and who fills it: an instance, and after its crash
/// another one.
final class ClusterMember: InstanceSeat {
    /// Who fills the place.
    struct Incarnation: Sendable {
        /// Counted from 0.
        let number: Int
        let instance: CacheInstance
        /// `nil` in a cluster that no fault is declared for.
        let life: Lifeline?
        let link: (any InstanceLink)?
        /// `nil` in a cluster in which nobody dies at a commit.
        let watch: CommitWatch?
    }

    /// Counted from 0.
    let number: Int
    private let observer: SharedRecordingObserver
    /// The instance's own clock; `nil` if it goes by the cluster's.
    let ownClock: SkewedClock?
    private let starter: InstanceStarter
    private let succession: Succession<Incarnation>
    /// What clears away who died at a commit, and finds another.
    private let burial = Lock<Task<Void, Never>?>(nil)
    /// What the bus did for those who were in this place before.
    private let formerBus = Lock(BusCounts())

    /// - Parameter incarnation: the number of the first.
    init(number: Int, incarnation: Int = 0, observer: SharedRecordingObserver, starter: InstanceStarter) async throws {
        self.number = number
        self.observer = observer
        self.starter = starter
        ownClock = starter.isSkewed ? SkewedClock(starter.parts.clock, ofPlace: number) : nil
        succession = Succession(
            try await starter.start(incarnation, of: number, observer: observer, ownClock: ownClock),
            number: incarnation, inPlace: number)
    }

    /// Who fills the place, or did so last.
    var incarnation: Incarnation { succession.last }

    var instance: CacheInstance { incarnation.instance }
    var route: (any InstanceRoute)? { incarnation.link }
    /// Whether the cache tells of its steps.
    var cacheTells: Bool { starter.parts.cacheTells }
    private var clock: any CacheClock { ownClock ?? starter.parts.clock }

    /// Who fills the place, as soon as somebody does who does not stand still.
    nonisolated(nonsending) func running() async -> Incarnation {
        while true {
            let (incarnation, isDown) = succession.present
            if isDown {
                await succession.waitUntilFilled()
            } else if (try? await incarnation.life?.pass()) != nil || incarnation.life == nil {
                return incarnation
            }
            // Else it died during a pause.
            if Task.isCancelled { return incarnation }
        }
    }

    // MARK: Phases

    func settle(_ time: Int64, deadline: Int64) async {
        let own = ownClock.map { deadline + $0.now() - starter.parts.clock.now() }
        await instance.waitUntilApplied(time, deadline: own ?? deadline)
    }

    func inspect(_ layers: [Layer], _ names: [String]) async throws {
        let clock = starter.parts.clock
        // An instance whose lease has run out serves nothing of its own, whatever it holds.
        if !instance.isTrusted { observer.observe(.distrusted(at: clock.now())) }
        for layer in layers {
            let start = clock.now()
            guard let found = try await instance.inspect(layer, names) else { continue }
            let end = clock.now()
            for name in names {
                observer.inspected(layer, key: name, entry: found[name], start: start, end: end)
            }
        }
    }

    func warm(_ names: [String]) async -> SeatWarming {
        let warming = await instance.warm(names)
        return SeatWarming(warmed: warming.warmed, duration: warming.duration)
    }

    /// Of those before in this place too.
    func busCounts() -> BusCounts? { formerBus.withLock { $0 } + instance.busCounts }

    // MARK: Faults

    /// Nobody fills the place any more.
    /// - Returns: who did; `nil` if nobody did.
    private func vacate() -> Incarnation? {
        guard let incarnation = succession.vacate() else { return nil }
        formerBus.withLock { $0 = $0 + incarnation.instance.busCounts }
        return incarnation
    }

    func crash() async {
        guard let incarnation = vacate() else { return }
        await end(incarnation)
    }

    private func end(_ incarnation: Incarnation) async {
        // In the instance's name: what ends its tasks, and waits for that, touches what they touch.
        let id = incarnation.instance.id
        await SimulatedPart.confined(toInstance: id, tells: cacheTells) {
            incarnation.life?.end()
            await incarnation.link?.sever()
            await incarnation.instance.stop()
        }
        observer.observe(.distrusted(at: starter.parts.clock.now()))
    }

    func crashAtCommit(_ struck: @escaping @Sendable () -> Void) {
        incarnation.watch?.atNextCommit { [self] in
            let incarnation = vacate()
            incarnation?.life?.end()
            struck()
            let task = Task {
                await incarnation?.link?.sever()
                await incarnation?.instance.stop()
                observer.observe(.distrusted(at: starter.parts.clock.now()))
                restart()
            }
            burial.withLock { $0 = task }
        }
    }

    func surviveCommits() { incarnation.watch?.giveUp() }

    func restart() {
        succession.refill { [self] next in
            while !Task.isCancelled {
                do {
                    return try await starter.start(next, of: number, observer: observer, ownClock: ownClock)
                } catch {
                    try? await starter.parts.clock.sleep(nanoseconds: 10_000_000)
                }
            }
            return nil
        } orDismiss: { [self] in
            await end($0)
        }
    }

    func pause() { incarnation.life?.pause() }
    func resume() { incarnation.life?.resume() }
    func jump(by nanoseconds: Int64) { ownClock?.jump(by: nanoseconds) }

    func heal(within patience: Int64) async -> Bool {
        let clock = starter.parts.clock
        let deadline = clock.now() + patience
        while true {
            let (incarnation, isDown) = succession.present
            if !isDown, incarnation.instance.isTrusted, !incarnation.instance.hasUnannouncedWrites { return true }
            guard clock.now() < deadline else { return false }
            do { try await clock.sleep(nanoseconds: 1_000_000) } catch { return false }
        }
    }

    // MARK: The end

    /// It shares this process's life.
    func checkIsAlive() {}

    func stop() async {
        incarnation.life?.resume()
        await burial.withLock { $0 }?.value
        await succession.close()
        let last = incarnation
        await last.instance.stop()
        await last.link?.sever()
    }
}
