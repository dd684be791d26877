import Foundation
import Support

/// Does long work on threads of its own. Those of dispatch queues are the ones that all asynchronous code of the
/// process shares, and would be kept for minutes.
enum OwnThreads {
    /// Calls `body` with each of the numbers from 0, several at a time, and returns when all calls have.
    /// - Parameter threads: at most so many at a time, the calling one among them; all cores unless given.
    static func perform(
        iterations: Int, threads: Int = ProcessInfo.processInfo.activeProcessorCount,
        _ body: @escaping @Sendable (Int) -> Void
    ) {
        let next = Lock(0)
        @Sendable func work() {
            while true {
                let index = next.withLock { next in
                    defer { next += 1 }
                    return next
                }
                guard index < iterations else { return }
                body(index)
            }
        }
        let others = start(max(1, min(threads, iterations)) - 1, work)
        work()
        others.wait()
    }

    /// Calls `body` on each of so many new threads, and returns at once.
    /// - Returns: what waits for all calls.
    static func start(_ threads: Int, _ body: @escaping @Sendable () -> Void) -> DispatchGroup {
        let group = DispatchGroup()
        for _ in 0..<threads {
            group.enter()
            let thread = Thread {
                body()
                group.leave()
            }
            // Deep recursion is no stranger to a search.
            thread.stackSize = 8 << 20
            thread.start()
        }
        return group
    }
}
