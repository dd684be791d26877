/// Places in text, counted for people.
enum ByteCount {
    static func newlines(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Int {
        var count = 0
        for byte in text where byte == ASCII.newline { count &+= 1 }
        return count
    }

    /// Unicode scalars. A byte that is not UTF-8 counts like the rest of a scalar, or as one.
    static func scalars(_ text: UnsafeBufferPointer<UInt8>) -> Int {
        var count = 0
        for byte in text where byte & 0xC0 != 0x80 { count &+= 1 }
        return count
    }

    /// Unicode scalars after the last newline.
    static func scalarsOfLastLine(_ text: UnsafeBufferPointer<UInt8>) -> Int {
        var count = 0
        for byte in text.reversed() {
            if byte == ASCII.newline { break }
            if byte & 0xC0 != 0x80 { count += 1 }
        }
        return count
    }
}
