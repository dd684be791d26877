import History
import Support
import Synchronization

/// The keys invalidated in an instance, in order, for its workers to catch up with: an invalidation is written once
/// however many workers there are, and a worker that has nothing to catch up with learns it from one atomic load.
///
/// Bounded: a worker that has fallen out of the log drops its whole L1.
final class InvalidationLog: Sendable {
    struct Entry: Sendable {
        let key: NameKey
        let time: Int64
    }

    private struct State {
        var entries: [Entry] = []
        /// The position of the first entry still here.
        var base = 0
    }

    private let state = Lock(State())
    private let end = Atomic<Int>(0)
    private let capacity: Int

    init(capacity: Int) { self.capacity = capacity }

    /// The position after the last entry.
    @inline(__always)
    var position: Int { end.load(ordering: .acquiring) }

    func append(_ keys: [NameKey], time: Int64) {
        state.withLock { state in
            for key in keys { state.entries.append(Entry(key: key, time: time)) }
            if state.entries.count > 2 * capacity {
                let excess = state.entries.count - capacity
                state.entries.removeFirst(excess)
                state.base += excess
            }
            end.store(state.base + state.entries.count, ordering: .releasing)
        }
    }

    /// Goes through the entries from a position on, unless some of them are gone.
    /// - Returns: whether they were all there, and the new position.
    func visit(from position: Int, _ body: (Entry) -> Void) -> (isComplete: Bool, position: Int) {
        state.withLock { state in
            let end = state.base + state.entries.count
            guard position >= state.base else { return (false, end) }
            for entry in state.entries[(position - state.base)...] { body(entry) }
            return (true, end)
        }
    }
}
