import CacheHierarchy

/// A clock whose points can say what the step behind them touches, for worlds that explore exhaustively.
protocol PointedClock: CacheClock {
    /// As `point(_:)`, where the step behind it touches this part, and what is told besides.
    nonisolated(nonsending) func point(_ name: StaticString, touching part: SimulatedPart, writes: Bool) async
}

extension PointedClock {
    nonisolated(nonsending) func point(_ name: StaticString, touching part: SimulatedPart, writes: Bool) async {
        await point(name)
    }
}
