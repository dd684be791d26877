import EventBridge
import Foundation

/// Calls a function at planned moments, on its own thread. A late call still happens: the loop is open.
enum Pacer {
    /// - Parameters:
    ///   - moments: the number of calls.
    ///   - moment: the time of each call in nanoseconds of ``BridgeClock``, ascending.
    ///   - body: gets the index and the planned time of each call.
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
