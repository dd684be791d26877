import CacheHierarchy

/// A clock whose points can say what the step behind them touches, for worlds that explore exhaustively.
protocol PointedClock: CacheClock, StepHints {
    /// As `point(_:)`, where the step behind it touches this part, and what is told besides.
    nonisolated(nonsending) func point(_ name: StaticString, touching part: SimulatedPart, writes: Bool) async
    /// Whether the cache behind the seams tells nothing of its steps.
    var isCautious: Bool { get }
}

extension PointedClock {
    var isCautious: Bool { false }

    nonisolated(nonsending) func point(_ name: StaticString, touching part: SimulatedPart, writes: Bool) async {
        await point(name)
    }
}

/// The clock of a cache that tells nothing of its steps and has no points of its own, as a stranger's has none.
struct PlainClock: CacheClock {
    let base: any CacheClock

    func now() -> Int64 { base.now() }
    func upperBound() -> Int64 { base.now() }
    func sleep(nanoseconds: Int64) async throws { try await base.sleep(nanoseconds: nanoseconds) }
}

/// The clock of the seams around such a cache: whatever step follows a point may go on inside the instance, and every
/// place may be another task's turn, since the cache has none.
struct CautiousClock<Base: PointedClock>: PointedClock {
    let base: Base
    var isCautious: Bool { true }

    func now() -> Int64 { base.now() }
    func upperBound() -> Int64 { base.upperBound() }
    func sleep(nanoseconds: Int64) async throws { try await base.sleep(nanoseconds: nanoseconds) }

    nonisolated(nonsending) func point(_ name: StaticString) async {
        await base.point(name)
        usesInstance()
    }

    nonisolated(nonsending) func point(_ name: StaticString, touching part: SimulatedPart, writes: Bool) async {
        await base.point(name, touching: part, writes: writes)
        usesInstance()
    }

    nonisolated(nonsending) func waypoint(_ name: StaticString) async { await point(name) }
    func usesInstance() { base.usesInstance() }
    nonisolated(nonsending) func tookUp(_ name: StaticString, _ amount: Int) async { await base.tookUp(name, amount) }
    nonisolated(nonsending) func finished(hasMore: Bool) async { await base.finished(hasMore: hasMore) }
    func rest() { base.rest() }
}
