/// A hash of text, eight bytes at a time, by the high and the low half of a product. The seed is drawn once a process,
/// so that no file can be made whose names all collide.
struct ByteHash {
    private static let seed = UInt64.random(in: 0 ... .max)
    private var state = ByteHash.seed

    @inline(__always)
    mutating func add(_ word: UInt64) {
        let product = (state ^ word).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        state = product.high ^ product.low
    }

    @inline(__always)
    func finished(_ length: Int) -> UInt32 {
        var last = self
        last.add(UInt64(truncatingIfNeeded: length))
        return UInt32(truncatingIfNeeded: last.state ^ (last.state >> 32))
    }

    /// The hash of the same bytes in other memory.
    static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt32 {
        var hash = ByteHash()
        var index = 0
        // The same words as a scanner adds: the last one is not full, and is there even if it is empty.
        while index <= bytes.count {
            var word: UInt64 = 0
            for place in index..<min(index + 8, bytes.count) {
                word |= UInt64(bytes[place]) << UInt64((place - index) * 8)
            }
            hash.add(word)
            index += 8
        }
        return hash.finished(bytes.count)
    }
}

/// Text in a buffer, and its hash. Valid as long as the buffer is not filled anew.
struct HashedText {
    var bytes: UnsafeBufferPointer<UInt8>
    var hash: UInt32
    @inline(__always) var count: Int { bytes.count }

    @inline(__always)
    init(bytes: UnsafeBufferPointer<UInt8>, hash: UInt32) {
        self.bytes = bytes
        self.hash = hash
    }

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.init(bytes: bytes, hash: ByteHash.hash(bytes)) }
}
