import History
import Support
import Synchronization

/// Whether, and for which entries, an instance may believe its own layers.
///
/// Three things end the belief: the lease ran out without a sign of life (then nothing of its own is served), the
/// connection was lost or an announcement missed (then everything older is suspect), and a tag of the entry was
/// invalidated.
final class Trust: Sendable {
    private let trustedUntil = Atomic<Int64>(Int64.min)
    private let suspectBefore = Atomic<Int64>(0)
    private let newestTagFloor = Atomic<Int64>(0)
    private let tagFloors = Lock(FloorTable(capacity: 65_536))
    private let clock: any CacheClock

    /// Nanoseconds before a deadline from which on the cheap clock is not asked alone. It runs behind by a tick or two
    /// where all is well, but for as long as the machine that keeps it is stopped where it is virtual.
    private static let vigilance: Int64 = 1_000_000_000

    init(clock: any CacheClock) { self.clock = clock }

    /// Whether the instance may serve from its own layers at all. One atomic load.
    @inline(__always)
    func isTrusted(at now: Int64) -> Bool { now < trustedUntil.load(ordering: .acquiring) }

    /// Extends the lease (or ends it, with a time that has passed).
    func trust(until time: Int64) { trustedUntil.store(time, ordering: .releasing) }

    /// Entries that were not certainly current at this logical time are suspect.
    var suspicion: Int64 { suspectBefore.load(ordering: .acquiring) }

    /// Never lowers the suspicion.
    func suspect(before time: Int64) {
        suspectBefore.max(time, ordering: .acquiringAndReleasing)
    }

    /// Whether an entry may be served as far as deadline, suspicion and tags go. For most entries three comparisons and
    /// two atomic loads.
    /// - Parameter now: by the clock, or its ``CacheClock/upperBound()``.
    @inline(__always)
    func isGood(_ entry: CacheEntry, at now: Int64) -> Bool {
        entry.deadline > now && (entry.deadline - Self.vigilance > now || entry.deadline > clock.now())
            && entry.asOf >= suspicion
            && (entry.asOf >= newestTagFloor.load(ordering: .acquiring) || entry.tags.isEmpty || areTagsGood(entry))
    }

    /// Raises the floors of tags.
    func raise(_ tags: [String], to time: Int64) {
        guard !tags.isEmpty else { return }
        tagFloors.withLock { floors in
            for tag in tags { floors.raise(NameKey(tag), to: time) }
        }
        newestTagFloor.max(time, ordering: .acquiringAndReleasing)
    }

    private func areTagsGood(_ entry: CacheEntry) -> Bool {
        tagFloors.withLock { floors in entry.tags.allSatisfy { floors.admits(NameKey($0), asOf: entry.asOf) } }
    }
}
