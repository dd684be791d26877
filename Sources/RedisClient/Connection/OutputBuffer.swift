/// The bytes to send, with the encoder of the Redis protocol (RESP2 arrays of bulk strings).
///
/// Appending is O(n) in the number of bytes, amortised by doubling. The owner must call ``deallocate()``.
///
/// Why this is not `redisFormatCommandArgv` of hiredis: that function allocates memory for each command, from which the
/// bytes would be copied.
struct OutputBuffer {
    private static let initialCapacity = 16 << 10
    /// A buffer above this capacity returns to the initial capacity once it is empty.
    private static let keptCapacity = 1 << 20

    private(set) var start: UnsafeMutablePointer<UInt8>
    private(set) var count = 0
    private var capacity: Int

    init() {
        capacity = Self.initialCapacity
        start = .allocate(capacity: capacity)
    }

    func deallocate() { start.deallocate() }

    /// Removes the content.
    mutating func clear() {
        count = 0
        guard capacity > Self.keptCapacity else { return }
        start.deallocate()
        self = OutputBuffer()
    }

    @inline(__always)
    mutating func append(_ command: RedisCommand) {
        switch command.storage {
        case .strings(let parts):
            appendHeader(UInt8(ascii: "*"), parts.count)
            for part in parts { append(part) }
        case .arguments(let arguments):
            appendHeader(UInt8(ascii: "*"), arguments.count)
            for argument in arguments { append(argument) }
        }
    }

    @inline(__always)
    private mutating func append(_ argument: RedisArgument) {
        switch argument {
        case .string(let text): append(text)
        case .bytes(let bytes): bytes.withUnsafeBufferPointer { appendBulk($0) }
        case .integer(let value): append(String(value))
        }
    }

    @inline(__always)
    private mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { appendBulk($0) }
    }

    @inline(__always)
    private mutating func appendBulk(_ bytes: UnsafeBufferPointer<UInt8>) {
        reserve(bytes.count + 32)
        writeHeader(UInt8(ascii: "$"), bytes.count)
        if let base = bytes.baseAddress { (start + count).update(from: base, count: bytes.count) }
        count += bytes.count
        writeLineEnd()
    }

    @inline(__always)
    private mutating func appendHeader(_ kind: UInt8, _ value: Int) {
        reserve(32)
        writeHeader(kind, value)
    }

    /// The caller must have reserved 24 bytes.
    @inline(__always)
    private mutating func writeHeader(_ kind: UInt8, _ value: Int) {
        start[count] = kind
        count += 1
        var digits = 1
        var rest = value
        while rest >= 10 {
            rest /= 10
            digits += 1
        }
        rest = value
        var position = count + digits
        count = position
        repeat {
            position -= 1
            start[position] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        } while rest > 0
        writeLineEnd()
    }

    @inline(__always)
    private mutating func writeLineEnd() {
        start[count] = 13
        start[count + 1] = 10
        count += 2
    }

    @inline(__always)
    private mutating func reserve(_ extra: Int) {
        if count + extra > capacity { grow(to: count + extra) }
    }

    @inline(never)
    private mutating func grow(to needed: Int) {
        var size = capacity * 2
        while size < needed { size *= 2 }
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: size)
        larger.update(from: start, count: count)
        start.deallocate()
        start = larger
        capacity = size
    }
}
