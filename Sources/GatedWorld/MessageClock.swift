import CacheHierarchy
import History
import Support

/// The time of a gated run. It passes when somebody looks, so that no two looks show the same, and when the run says
/// so.
final class MessageClock: CacheClock {
    private let time = Lock<Int64>(1_000_000_000)

    /// Of a look, in nanoseconds.
    private static let tick: Int64 = 1_000

    func now() -> Int64 {
        time.withLock { time in
            time += Self.tick
            return time
        }
    }

    /// Lets time pass at once.
    func advance(by nanoseconds: Int64) { time.withLock { $0 += max(0, nanoseconds) } }

    func sleep(nanoseconds: Int64) async throws { advance(by: nanoseconds) }
}

/// The machine's monotonic clock in seconds, for limits of real time.
enum Seconds {
    /// Since some moment of the machine.
    static func now() -> Double { Double(MonotonicClock.now()) / 1e9 }
}
