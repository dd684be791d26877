import CacheHierarchy
import Scenarios
import Support

/// What is wrong with the origin at the moment. Whoever asks it passes here, on the way there and on the way back.
final class OriginCondition: Sendable {
    private struct State {
        /// Nanoseconds, in each direction.
        var delay: Int64 = 0
        var isDown = false
        var isPaused = false
        var holdsLoads = false

        /// Whether who is on the way waits.
        func stops(afterLoad isAfterLoad: Bool) -> Bool { isPaused || isAfterLoad && holdsLoads }
    }

    private let clock: any CacheClock
    private let state = Lock(State())
    private let waiting = WaitQueue<Void>()

    /// Nothing is wrong.
    init(clock: any CacheClock) { self.clock = clock }

    // MARK: Faults

    /// - Parameter action: one that can hit an origin; others change nothing.
    func begin(_ action: Fault.Action) { set(action, isOn: true) }

    func end(_ action: Fault.Action) { set(action, isOn: false) }

    /// Ends whatever is wrong.
    func heal() { change { $0 = State() } }

    private func set(_ action: Fault.Action, isOn: Bool) {
        change { state in
            switch action {
            case .crash: state.isDown = isOn
            case .pause: state.isPaused = isOn
            case .hold: state.holdsLoads = isOn
            case .delay(let time): state.delay = isOn ? time.nanoseconds : 0
            case .partition, .disconnect, .skew, .memoryPressure, .eviction, .failover: break
            }
        }
    }

    private func change(_ body: (inout State) -> Void) {
        state.withLock { body(&$0) }
        waiting.wake()
    }

    // MARK: Those who ask

    /// On the way to the origin.
    /// - Throws: ``OriginDown``, or that the task was cancelled. Nothing has been asked then.
    nonisolated(nonsending) func enter() async throws {
        try refuse()
        try await travel(afterLoad: false)
        try refuse()
    }

    /// On the way back: what was found, or committed, is no longer changed by what goes wrong. A cancelled task does
    /// not wait.
    nonisolated(nonsending) func leave(afterLoad isLoad: Bool) async {
        try? await travel(afterLoad: isLoad)
    }

    private func refuse() throws {
        if state.withLock({ $0.isDown }) { throw OriginDown() }
    }

    nonisolated(nonsending) private func travel(afterLoad isAfterLoad: Bool) async throws {
        while state.withLock({ $0.stops(afterLoad: isAfterLoad) }) {
            try Task.checkCancellation()
            await waiting.wait { state.withLock { $0.stops(afterLoad: isAfterLoad) } }
        }
        let delay = state.withLock { $0.delay }
        if delay > 0 { try await clock.sleep(nanoseconds: delay) }
    }
}

/// The origin refuses what it is asked: nothing was loaded or committed.
struct OriginDown: Error, CustomStringConvertible {
    var description: String { "the origin is down" }
}

/// The origin, as the instances use it if the scenario has something go wrong with it.
struct DisturbedOrigin: SeededOrigin {
    let base: any SeededOrigin
    let condition: OriginCondition

    func load(_ key: String) async throws -> OriginRecord {
        try await condition.enter()
        let record = try await base.load(key)
        await condition.leave(afterLoad: true)
        return record
    }

    func load(_ keys: [String]) async throws -> [OriginRecord] {
        try await condition.enter()
        let records = try await base.load(keys)
        await condition.leave(afterLoad: true)
        return records
    }

    func commit(_ key: String, value: [UInt8]?, tags: [String]) async throws -> Int64 {
        try await condition.enter()
        let version = try await base.commit(key, value: value, tags: tags)
        await condition.leave(afterLoad: false)
        return version
    }

    func update(
        _ key: String, tags: [String], _ change: @escaping @Sendable ([UInt8]?) -> [UInt8]?
    ) async throws -> Int64 {
        try await condition.enter()
        let version = try await base.update(key, tags: tags, change)
        await condition.leave(afterLoad: false)
        return version
    }

    /// Sets up what is there before anything goes wrong.
    func seed(_ records: [(key: String, value: [UInt8], tags: [String])]) async throws -> [Int64] {
        try await base.seed(records)
    }
}
