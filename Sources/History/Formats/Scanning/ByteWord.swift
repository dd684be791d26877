/// Eight bytes at once, the first of them in the lowest place.
///
/// The searches answer with a word that has the highest bit of a byte set where it was found. Above the first hit there
/// may be false ones (a borrow runs on), so only the first counts.
enum ByteWord {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highs: UInt64 = 0x8080_8080_8080_8080

    /// - Parameter place: eight bytes from here are memory of the same buffer.
    @inline(__always)
    static func load(_ place: UnsafePointer<UInt8>) -> UInt64 {
        UInt64(littleEndian: UnsafeRawPointer(place).loadUnaligned(as: UInt64.self))
    }

    /// Where a byte has this value.
    @inline(__always)
    static func matches(_ word: UInt64, _ byte: UInt8) -> UInt64 {
        let difference = word ^ (ones &* UInt64(byte))
        return (difference &- ones) & ~difference & highs
    }

    /// Where a byte is below 0x20. A newline is.
    @inline(__always)
    static func controls(_ word: UInt64) -> UInt64 { (word &- ones &* 0x20) & ~word & highs }

    /// The number of the first byte that a search found; it must have found one.
    @inline(__always)
    static func firstIndex(_ found: UInt64) -> Int { found.trailingZeroBitCount >> 3 }

    /// The first bytes, fewer than eight, and zeros.
    @inline(__always)
    static func prefix(_ word: UInt64, _ count: Int) -> UInt64 { word & ((1 &<< UInt64(count &* 8)) &- 1) }
}
