import Foundation
import Locking

/// Does long work on threads of its own. `DispatchQueue.concurrentPerform` would take those that all asynchronous code of the
/// process shares, and keep them for minutes.
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
        let others = DispatchGroup()
        for _ in 1..<max(1, min(threads, iterations)) {
            others.enter()
            let thread = Thread {
                work()
                others.leave()
            }
            // Deep recursion is no stranger to a search.
            thread.stackSize = 8 << 20
            thread.start()
        }
        work()
        others.wait()
    }
}
