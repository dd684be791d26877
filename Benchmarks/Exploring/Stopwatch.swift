import Foundation

/// The time that has passed, and what the process has used of the processors. On a shared machine the second says more.
struct Stopwatch {
    private let start = ContinuousClock.now
    private let used = clock()

    /// Seconds.
    var elapsed: Double { (ContinuousClock.now - start) / .seconds(1) }

    /// Seconds, of all threads together. POSIX counts a million a second.
    var processorTime: Double { Double(clock() - used) / 1e6 }
}
