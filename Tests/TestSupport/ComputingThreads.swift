import Foundation

/// As many threads as there are cores, besides those that all asynchronous code shares.
///
/// Not those of a concurrent `DispatchQueue`: on Linux they are the same.
final class ComputingThreads: TaskExecutor, @unchecked Sendable {
    // Unchecked, because the compiler cannot see that `jobs` is only touched under the lock of `condition`.
    static let shared = ComputingThreads()

    private let condition = NSCondition()
    private var jobs: [UnownedJob] = []

    private init() {
        for number in 1...ProcessInfo.processInfo.activeProcessorCount {
            let thread = Thread { [self] in
                while true { next().runSynchronously(on: asUnownedTaskExecutor()) }
            }
            thread.name = "computing \(number)"
            // Deep recursion is no stranger to a search.
            thread.stackSize = 8 << 20
            thread.start()
        }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        condition.lock()
        jobs.append(UnownedJob(job))
        condition.signal()
        condition.unlock()
    }

    private func next() -> UnownedJob {
        condition.lock()
        defer { condition.unlock() }
        while jobs.isEmpty { condition.wait() }
        return jobs.removeFirst()
    }
}
