import Dispatch

/// A task that only yields, on the process's own executor: the least that suspending and going on can cost.
enum YieldLoop {
    private static let yields = 200_000

    /// Yields a second of processor time, of so many tasks at once.
    static func yieldsPerSecond(threads: Int) -> Double {
        let isDone = DispatchSemaphore(value: 0)
        let watch = Stopwatch()
        for _ in 0..<threads {
            Task.detached {
                for _ in 0..<yields { await Task.yield() }
                isDone.signal()
            }
        }
        for _ in 0..<threads { isDone.wait() }
        return Double(threads * yields) / watch.processorTime
    }
}
