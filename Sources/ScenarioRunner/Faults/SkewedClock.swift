import CacheHierarchy
import History
import Simulation
import Support

/// An instance's own clock, which can jump ahead. What the instance tells the history is told in true time.
final class SkewedClock: CacheClock, StepHints {
    private struct Jump {
        /// What the clock showed just before.
        let shown: Int64
        /// How far it has been ahead since.
        let offset: Int64
    }

    private let base: any CacheClock
    private let baseHints: (any StepHints)?
    /// In the cluster, of the instance whose clock it is.
    private let place: Int
    private let jumps = Lock<[Jump]>([])

    init(_ base: any CacheClock, ofPlace place: Int) {
        self.base = base
        baseHints = base.hints
        self.place = place
    }

    private var offset: Int64 {
        Simulation.touch(SimulatedPart.clock(place: place), .reads)
        return jumps.withLock { $0.last?.offset ?? 0 }
    }

    func now() -> Int64 { base.now() + offset }
    func upperBound() -> Int64 { base.upperBound() + offset }

    /// Sleeps last as long as they are asked to: a timer counts what passes, not what the clock shows.
    func sleep(nanoseconds: Int64) async throws { try await base.sleep(nanoseconds: nanoseconds) }

    nonisolated(nonsending) func point(_ name: StaticString) async { await base.point(name) }
    nonisolated(nonsending) func waypoint(_ name: StaticString) async { await baseHints?.waypoint(name) }
    nonisolated(nonsending) func tookUp(_ name: StaticString, _ amount: Int) async {
        await baseHints?.tookUp(name, amount)
    }
    nonisolated(nonsending) func finished(hasMore: Bool) async { await baseHints?.finished(hasMore: hasMore) }
    func rest() { baseHints?.rest() }
    func usesInstance() { baseHints?.usesInstance() }

    func jump(by nanoseconds: Int64) {
        let now = base.now()
        Simulation.touch(SimulatedPart.clock(place: place), .writes)
        jumps.withLock { jumps in
            let offset = jumps.last?.offset ?? 0
            jumps.append(Jump(shown: now + offset, offset: offset + nanoseconds))
        }
    }

    /// When it really was when the clock showed this.
    func trueTime(of shown: Int64) -> Int64 {
        jumps.withLock { jumps in shown - (jumps.last { $0.shown < shown }?.offset ?? 0) }
    }
}

/// Passes on what an instance with a clock of its own observes, in true time.
struct TrueTimeObserver<Base: CacheObserver>: CacheObserver {
    let base: Base
    let clock: SkewedClock

    var isListening: Bool { base.isListening }
    var observesBus: Bool { base.observesBus }

    func observe(_ event: CacheEvent) {
        func actual(_ shown: Int64) -> Int64 { clock.trueTime(of: shown) }
        let inTrueTime: CacheEvent =
            switch event {
            case .loaded(let key, let record, let start, let end):
                .loaded(key, record, start: actual(start), end: actual(end))
            case .filled(let layer, let source, let entry, let start, let end):
                .filled(layer, from: source, entry, start: actual(start), end: actual(end))
            case .evicted(let entry, let layer, let time): .evicted(entry, from: layer, at: actual(time))
            case .evictedKeys(let keys, let layer, let start, let end):
                .evictedKeys(keys, from: layer, start: actual(start), end: actual(end))
            case .distrusted(let time): .distrusted(at: actual(time))
            case .applied(let invalidation, let start, let end):
                .applied(invalidation, start: actual(start), end: actual(end))
            case .published(let time, let start, let end):
                .published(time: time, start: actual(start), end: actual(end))
            case .received(let time, let moment): .received(time: time, at: actual(moment))
            }
        base.observe(inTrueTime)
    }
}

extension TrueTimeObserver: Sendable where Base: Sendable {}
