import CacheHierarchy
import Locking

/// Time that stands still until it is moved.
final class SteppedClock: CacheClock {
    private let time = Lock<Int64>(1_700_000_000_000_000_000)
    func now() -> Int64 { time.withLock { $0 } }
    func advance(milliseconds: Int64) { time.withLock { $0 += milliseconds * 1_000_000 } }
    func sleep(nanoseconds: Int64) async throws { throw CancellationError() }
}
