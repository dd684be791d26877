#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Bytes on their way to a file descriptor, handed to the system in large pieces.
struct BufferedOutput: ~Copyable {
    private static let capacity = 1 << 18

    private let descriptor: OpenDescriptor
    private var bytes: [UInt8] = []

    init(descriptor: Int32, closesDescriptor: Bool) {
        self.descriptor = OpenDescriptor(descriptor, closesAtEnd: closesDescriptor)
        bytes.reserveCapacity(Self.capacity + 4_096)
    }

    /// The error number of the system.
    struct Failure: Error {
        var number: Int32
    }

    /// Lets a body append, and hands over what is full.
    @inline(__always)
    mutating func append(_ body: (inout [UInt8]) -> Void) throws(Failure) {
        body(&bytes)
        if bytes.count >= Self.capacity { try flush() }
    }

    mutating func flush() throws(Failure) {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                // `written` is less than the count, so the pointer is inside of the buffer.
                write(descriptor.number, buffer.baseAddress! + written, buffer.count - written)
            }
            if count < 0 && errno == EINTR { continue }
            if count < 0 { throw Failure(number: errno) }
            written += count
        }
        bytes.removeAll(keepingCapacity: true)
    }

    /// Hands over the rest, and closes a descriptor that is its own. Some file systems report a full disk only here.
    mutating func finish() throws(Failure) {
        try flush()
        if descriptor.end() != 0 { throw Failure(number: errno) }
    }
}

extension [UInt8] {
    /// A number in decimal digits.
    mutating func append(decimal number: Int64) {
        var magnitude = number.magnitude
        if number < 0 { append(ASCII.minus) }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            // 20 digits are enough for any number of 64 bits, so `place` does not pass 0.
            var place = 20
            repeat {
                place -= 1
                let (quotient, digit) = magnitude.quotientAndRemainder(dividingBy: 10)
                digits[place] = ASCII.zero + UInt8(truncatingIfNeeded: digit)
                magnitude = quotient
            } while magnitude > 0
            append(contentsOf: UnsafeBufferPointer(rebasing: digits[place...]))
        }
    }

    /// A constant text.
    @inline(__always)
    mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { append(contentsOf: $0) }
    }
}
