/// Writes what happens as numbers of 64 bits: a kind in the lowest two bits, the task above it, whether a
/// point was a stop (bit 33), then the label; notes and
/// times have a second word.
struct TraceRecorder {
    private(set) var events: [UInt64] = []
    private var expected = 64

    mutating func reset() {
        expected = max(expected, events.count)
        events = []
        events.reserveCapacity(expected)
    }

    @inline(__always)
    mutating func step(_ task: Int) { events.append(UInt64(task) << 2) }

    @inline(__always)
    mutating func point(_ task: Int, _ label: Int) { events.append(UInt64(label) << 34 | UInt64(task) << 2 | 1) }

    /// The task has stopped at the point that was written last: what is behind it comes when the task goes on.
    @inline(__always)
    mutating func stopped() { events[events.count - 1] |= Self.stoppedBit }

    static let stoppedBit: UInt64 = 1 << 33

    @inline(__always)
    mutating func note(_ task: Int, _ label: Int, _ value: Int) {
        events.append(UInt64(label) << 34 | UInt64(task) << 2 | 2)
        events.append(UInt64(bitPattern: Int64(value)))
    }

    @inline(__always)
    mutating func time(_ nanoseconds: Int64) {
        events.append(3)
        events.append(UInt64(bitPattern: nanoseconds))
    }
}
