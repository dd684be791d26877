/// Records events as words of 64 bits.
///
/// Bits 0 and 1 have the kind, bits 2 to 32 the task, bit 33 whether a point was a stop, and the bits above the
/// label. Notes and times have a second word.
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

    /// Marks the last point as a stop: the task has suspended there, and the code behind the point runs later.
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
