import EventBridge
import Foundation

/// Calls at planned moments, on a thread of its own, late if it must be but never less often: an open loop.
enum Pacer {
    /// - Parameters:
    ///   - moments: how many there are.
    ///   - moment: when each is, in nanoseconds of ``BridgeClock``; ascending.
    ///   - body: told which it is and when it was planned.
    static func run(
        _ moments: Int, at moment: @escaping @Sendable (Int) -> Int64, _ body: @escaping @Sendable (Int, Int64) -> Void
    ) async {
        await withCheckedContinuation { continuation in
            let thread = Thread {
                for index in 0..<moments {
                    let planned = moment(index)
                    sleep(until: planned)
                    body(index, planned)
                }
                continuation.resume()
            }
            thread.start()
        }
    }

    private static func sleep(until moment: Int64) {
        while true {
            let rest = moment - BridgeClock.now()
            guard rest > 0 else { return }
            var pause = timespec(tv_sec: Int(rest / 1_000_000_000), tv_nsec: Int(rest % 1_000_000_000))
            nanosleep(&pause, nil)
        }
    }
}
