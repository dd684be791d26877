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

    /// When it had certainly taken effect: its end, but never if the outcome is unknown, because a request that was given
    /// up may still be carried out.
    var settledEnd: Int64 { outcome == .unknown ? Operation.never : end }

    /// It had taken effect before the other began. Intervals are closed: those that touch are concurrent.
    func precedes(_ other: Operation) -> Bool { settledEnd < other.start }
}

extension Int64 {
    /// A sum that stays at ``Operation/never`` instead of overflowing.
    func addingUpToNever(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other > 0 ? Operation.never : .min) : sum
    }
}
