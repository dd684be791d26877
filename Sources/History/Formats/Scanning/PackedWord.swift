/// A word of at most 16 bytes in two numbers, so that it is compared without a look at its letters.
struct PackedWord: Hashable {
    var low: UInt64
    var high: UInt64

    @inline(__always)
    init(low: UInt64, high: UInt64) {
        self.low = low
        self.high = high
    }

    /// - Returns: `nil` if there are more than 16 bytes. Zero bytes at the end are not told from none; no known word
    ///   has any.
    @inline(__always)
    init?(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard bytes.count <= 16 else { return nil }
        (low, high) = (0, 0)
        for index in bytes.indices {
            let byte = UInt64(bytes[index])
            if index < 8 { low |= byte &<< UInt64(index &* 8) } else { high |= byte &<< UInt64((index &- 8) &* 8) }
        }
    }
}
