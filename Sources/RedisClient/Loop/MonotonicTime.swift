import Support

/// The time of the event loop: readings of ``MonotonicClock`` as unsigned nanoseconds.
package enum MonotonicTime {
    /// A deadline that never comes.
    static let never = UInt64.max

    /// The exact time. A call costs about 20 ns.
    package static func now() -> UInt64 { UInt64(bitPattern: MonotonicClock.now()) }

    /// The time of the last clock tick, up to 4 ms ago. A call costs about 5 ns. Each `send` reads it for its time
    /// limit.
    @inline(__always)
    static func coarse() -> UInt64 { UInt64(bitPattern: MonotonicClock.coarse()) }

    /// `start` plus `nanoseconds`, at most ``never``.
    @inline(__always)
    static func after(_ start: UInt64, _ nanoseconds: UInt64) -> UInt64 {
        let (sum, overflow) = start.addingReportingOverflow(nanoseconds)
        return overflow ? never : sum
    }
}

extension Duration {
    /// The whole nanoseconds. 0 for negative durations, ``MonotonicTime/never`` for durations of more than 584 years.
    var nanoseconds: UInt64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let (product, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? MonotonicTime.never : MonotonicTime.after(product, UInt64(attoseconds / 1_000_000_000))
    }
}
