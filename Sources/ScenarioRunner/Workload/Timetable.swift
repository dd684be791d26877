import CacheHierarchy

/// When each of a worker's operations is due, so many in a second. What was late is made up for.
struct Timetable: Sendable {
    private let start: Int64
    /// Nanoseconds from one operation to the next.
    private let interval: Double
    private let clock: any CacheClock

    /// Begins now.
    /// - Parameter pace: how many begin in a second.
    init(pace: Double, clock: any CacheClock) {
        start = clock.now()
        interval = 1e9 / pace
        self.clock = clock
    }

    /// Returns when the operation of that number, counted from 0, is due; at once if it was before.
    nonisolated(nonsending) func wait(for number: Int) async {
        let rest = start + Int64(Double(number) * interval) - clock.now()
        if rest > 0 { try? await clock.sleep(nanoseconds: rest) }
    }
}
