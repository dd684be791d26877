import History

extension Operation {
    /// A write, the write of a tombstone, or a compare-and-set, which is a write where it did not fail.
    var isWriting: Bool { kind == .write || kind == .delete || kind == .compareAndSet }

    /// A read that returned, or a write or delete that may have happened.
    var concernsRegister: Bool {
        switch kind {
        case .read: outcome == .ok
        case .write, .delete, .compareAndSet: true
        default: false
        }
    }

    /// When it had certainly taken effect: its end, but never if the outcome is unknown, because a request that was
    /// given up may still be carried out.
    var settledEnd: Int64 { outcome == .unknown ? Operation.never : end }

    /// It had taken effect before the other began, or it comes before the other in the session of one worker.
    ///
    /// Intervals are closed: those that touch are concurrent. A worker does one thing after another, so of its
    /// operations the one that begins where the other ends follows it.
    func precedes(_ other: Operation) -> Bool {
        let end = settledEnd
        return end < other.start || (end == other.start && precedesWhereItTouches(other))
    }

    /// For an operation that begins where this one ends: whether it follows in the session of one worker.
    ///
    /// What a client does takes turns, and only points at the same time have no order. The work of a cache is done
    /// inside of what its client does, so a point at the edge of it comes neither before nor after.
    func precedesWhereItTouches(_ other: Operation) -> Bool {
        guard worker >= 0, worker == other.worker else { return false }
        return isDoneByClient && other.isDoneByClient
            ? !(isPoint && other.isPoint) : !isPoint && !other.isPoint
    }

    /// It is something that a client does; all else is the work of the cache.
    private var isDoneByClient: Bool {
        switch kind {
        case .load, .fill, .evict, .apply, .publish, .receive, .gauge: false
        default: true
        }
    }

    /// The place of a read or write in the order of versions, where a read comes after the write of its version: `2v`
    /// for the write of version v, `2v + 1` for a read of it. Versions have 63 bits, so this takes all 64.
    var versionOrder: UInt64 { UInt64(bitPattern: version) << 1 | (kind == .read ? 1 : 0) }

    /// It began and ended at the same nanosecond.
    var isPoint: Bool { start == end }

    /// A read that says of no version that it was there.
    var findsNothing: Bool { kind == .read && version == 0 && value == 0 }

    /// A read by a client that cannot know the version of a deletion: the key was deleted, or never written.
    var isAbsentRead: Bool { isAbsent && findsNothing }

    /// A delete, or a write of a tombstone, that may have happened.
    var mayDelete: Bool { (kind == .delete || (isWriting && isTombstone)) && outcome != .failed }
}

extension Int64 {
    /// A sum that stays at ``Operation/never`` instead of overflowing.
    func addingUpToNever(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other > 0 ? Operation.never : .min) : sum
    }

    /// How long this moment is after an earlier one, which takes all 64 bits; 0 if it is not.
    func nanoseconds(since earlier: Int64) -> UInt64 {
        self > earlier ? UInt64(bitPattern: self &- earlier) : 0
    }
}
