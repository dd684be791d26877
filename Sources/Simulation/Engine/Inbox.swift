import Dispatch
import Support
import Synchronization

/// The messages of other threads to a simulation: work that escaped it and returns.
///
/// All other state of an engine belongs to one thread.
final class Inbox: Sendable {
    private struct Content {
        var jobs: [UnownedJob] = []
        var cancelledSleeps: [Int] = []
        var escapes: [String] = []
        var isClosed = true
    }

    private let content = Lock(Content())
    private let arrivals = DispatchSemaphore(value: 0)
    /// The loop reads this once a step. An atomic read costs less than a lock.
    private let mark = Atomic(false)

    var isMarked: Bool { mark.load(ordering: .acquiring) }

    func open() {
        content.withLock { $0 = Content(isClosed: false) }
        mark.store(false, ordering: .releasing)
        while arrivals.wait(timeout: .now()) == .success {}
    }

    /// Adds a job. Returns false if the run has ended.
    func put(_ job: UnownedJob) -> Bool {
        put { $0.jobs.append(job) }
    }

    func put(cancelledSleep ticket: Int) { _ = put { $0.cancelledSleeps.append(ticket) } }

    func put(escape: String) { _ = put { $0.escapes.append(escape) } }

    private func put(_ change: (inout Content) -> Void) -> Bool {
        let isOpen = content.withLock { content in
            if !content.isClosed { change(&content) }
            return !content.isClosed
        }
        if isOpen {
            mark.store(true, ordering: .releasing)
            arrivals.signal()
        }
        return isOpen
    }

    func take() -> (jobs: [UnownedJob], cancelledSleeps: [Int], escapes: [String]) {
        content.withLock { content in
            mark.store(false, ordering: .releasing)
            defer { content = Content(isClosed: content.isClosed) }
            return (content.jobs, content.cancelledSleeps, content.escapes)
        }
    }

    func close() { content.withLock { $0.isClosed = true } }

    /// Waits until a message arrives. Returns false if none arrives within the time.
    func waits(for time: Duration) -> Bool {
        arrivals.wait(timeout: .now() + .nanoseconds(Int(time.wholeNanoseconds))) == .success
    }
}
