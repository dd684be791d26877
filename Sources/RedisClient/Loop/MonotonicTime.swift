import Support

/// Moments of the event loop: readings of ``MonotonicClock`` without a sign, of which the last is never reached.
package enum MonotonicTime {
    /// No moment at all: what waits for it waits for ever.
    static let never = UInt64.max

    /// The exact time. About 20 ns.
    package static func now() -> UInt64 { UInt64(bitPattern: MonotonicClock.now()) }

    /// The time of the last tick, up to 4 ms ago. About 5 ns: for the time limits of commands, which are read at every
    /// send.
    @inline(__always)
    static func coarse() -> UInt64 { UInt64(bitPattern: MonotonicClock.coarse()) }

    /// `start` plus `nanoseconds`, where ``never`` absorbs.
    @inline(__always)
    static func after(_ start: UInt64, _ nanoseconds: UInt64) -> UInt64 {
        let (sum, overflow) = start.addingReportingOverflow(nanoseconds)
        return overflow ? never : sum
    }
}

extension Duration {
    /// Whole nanoseconds; nothing for negative durations, ``MonotonicTime/never`` for those past 584 years.
    var nanoseconds: UInt64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let (product, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? MonotonicTime.never : MonotonicTime.after(product, UInt64(attoseconds / 1_000_000_000))
    }
}
