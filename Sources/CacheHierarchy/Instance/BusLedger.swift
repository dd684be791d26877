// What an instance counts is public there, and so the module that imports the cache has it.
@_exported public import struct History.BusCounts

/// Keeps the books of what the bus brings to one instance. Pure.
///
/// Logical time is the number of an announcement: within an epoch it has no holes, so a hole is a loss. The time at
/// which an epoch begins is later than any before, and what it leaps over is none.
struct BusLedger {
    private(set) var counts = BusCounts()
    private let instance: String
    /// The latest that came; 0 before the first.
    private var latest: Int64 = 0
    /// Nothing up to here is owed; `nil` before the instance has joined.
    private var base: Int64?
    /// The last hole, of which an epoch may turn out to be the greater part.
    private var hole: Range<Int64>?

    /// - Parameter instance: whose announcements are its own.
    init(instance: String) { self.instance = instance }

    /// Takes an announcement. O(1).
    /// - Returns: whether it is new.
    mutating func take(_ stamped: StampedInvalidation) -> Bool {
        guard stamped.time > latest else {
            counts.duplicatesFiltered += 1
            return false
        }
        if let base, case let expected = max(latest, base) + 1, stamped.time > expected {
            counts.gaps += 1
            counts.lost += Int(stamped.time - expected)
            hole = expected..<stamped.time
        }
        latest = stamped.time
        if stamped.invalidation.sender == instance { counts.ownFiltered += 1 } else { counts.received += 1 }
        return true
    }

    /// The instance has been told the logical time and the epoch: at its first sign of life, and when it was back.
    mutating func learn(time: Int64, epoch: Int64) {
        // The time at which an epoch begins is no announcement's.
        if let hole, hole.contains(epoch) {
            counts.lost -= Int(epoch - hole.lowerBound) + 1
            if hole.upperBound == epoch + 1 { counts.gaps -= 1 }
            self.hole = nil
        }
        base = max(base ?? time, epoch)
    }

    mutating func applied(upTo time: Int64) { counts.applied = max(counts.applied, time) }
    mutating func published() { counts.published += 1 }
    mutating func lostConnection() { counts.disconnections += 1 }
    mutating func caughtUp() { counts.caughtUp += 1 }

    /// Who has not joined yet has missed nothing.
    mutating func distrusted() { if base != nil { counts.distrusted += 1 } }
}
