#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A file descriptor, read in chunks into one buffer of fixed size; text is scanned where it lies in the buffer.
///
/// **Why pointers.** Scanning is most of the work of reading, and a check of bounds for each byte can be had without a
/// comparison: wherever text is handed out, the byte after its end is a newline, which ends every loop of the scanners.
/// The buffer has `padding` more bytes than are ever filled, so that words of eight bytes can be loaded near the end;
/// what such a load sees after the newline is ignored.
struct ChunkedInput: ~Copyable {
    /// The longest line, or form of EDN, in bytes.
    static let maximumTextLength = 1_000_000
    /// How much is asked of the system at once: more than fits into the processor's second cache gains nothing.
    static let chunkSize = 1 << 18
    private static let padding = 32

    private let source: Source
    /// When waiting for more ends; `nil`: never.
    private let deadline: ContinuousClock.Instant?
    private var start = 0
    private var filled = 0
    /// The descriptor has nothing more.
    private(set) var isAtEnd = false

    init(descriptor: Int32, closesDescriptor: Bool, deadline: ContinuousClock.Instant? = nil) {
        self.deadline = deadline
        source = Source(
            descriptor: OpenDescriptor(descriptor, closesAtEnd: closesDescriptor),
            capacity: Self.maximumTextLength + Self.chunkSize + Self.padding)
        buffer.initialize(repeating: 0, count: Self.padding)
    }

    /// What has to be given back. A class, for the reason that ``OpenDescriptor`` has.
    private final class Source {
        let descriptor: OpenDescriptor
        let buffer: UnsafeMutablePointer<UInt8>

        init(descriptor: OpenDescriptor, capacity: Int) {
            self.descriptor = descriptor
            buffer = .allocate(capacity: capacity)
        }

        deinit { buffer.deallocate() }
    }

    private var descriptor: Int32 { source.descriptor.number }
    private var buffer: UnsafeMutablePointer<UInt8> { source.buffer }

    /// Why the input cannot be read on.
    enum Failure: Error {
        /// The error number of the system.
        case system(Int32)
        /// No end within ``maximumTextLength``.
        case tooLong
        /// Nothing came until the deadline.
        case timeSpent
    }

    /// What was read and not consumed. The byte after its end is a newline that does not belong to it.
    var window: UnsafeBufferPointer<UInt8> {
        buffer[filled] = ASCII.newline
        return UnsafeBufferPointer(start: buffer + start, count: filled - start)
    }

    mutating func consume(_ count: Int) {
        precondition(count >= 0 && count <= filled - start, "more consumed than there is")
        start += count
    }

    /// Reads at least one more byte, unless the end is reached. What was handed out before is no longer valid.
    mutating func fill() throws(Failure) {
        guard !isAtEnd else { return }
        guard filled - start <= Self.maximumTextLength else { throw .tooLong }
        if start > 0 {
            buffer.update(from: buffer + start, count: filled - start)
            filled -= start
            start = 0
        }
        while true {
            try awaitInput()
            let count = read(descriptor, buffer + filled, Self.chunkSize)
            if count < 0 && (errno == EINTR || (deadline != nil && errno == EAGAIN)) { continue }
            if count < 0 { throw .system(errno) }
            if count == 0 { isAtEnd = true }
            filled += count
            // Loads of whole words may see bytes that were never filled: they must at least have a value.
            (buffer + filled).update(repeating: 0, count: Self.padding)
            return
        }
    }

    /// Waits until there is something to read, or the end, and no longer than until the deadline. Without a deadline
    /// reading itself waits.
    private func awaitInput() throws(Failure) {
        guard let deadline else { return }
        while true {
            let left = ContinuousClock.now.duration(to: deadline)
            guard left > .zero else { throw .timeSpent }
            // Rounded up, and looked at once a minute at least.
            let milliseconds = left >= .seconds(60) ? 60_000 : left / .milliseconds(1)
            var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let count = poll(&request, 1, Int32(milliseconds.rounded(.up)))
            if count > 0 { return }
            if count < 0 && errno != EINTR { throw .system(errno) }
        }
    }

    /// The next line, without what ends it (LF or CR LF), and consumes it; `nil` at the end. The cursor is valid until
    /// the next call.
    @inline(__always)
    mutating func nextLine() throws(Failure) -> LineCursor? {
        var searched = 0
        while true {
            let found = memchr(buffer + start + searched, Int32(ASCII.newline), filled - start - searched)
            if let found {
                let line = UnsafePointer(buffer + start)
                let end = UnsafeMutablePointer(mutating: found.assumingMemoryBound(to: UInt8.self))
                guard end - buffer - start <= Self.maximumTextLength else { throw .tooLong }
                start = end - buffer + 1
                return Self.line(from: line, to: end)
            }
            searched = filled - start
            if isAtEnd {
                guard searched > 0 else { return nil }
                guard searched <= Self.maximumTextLength else { throw .tooLong }
                let line = UnsafePointer(buffer + start)
                start = filled
                return Self.line(from: line, to: buffer + filled)
            }
            try fill()
        }
    }

    @inline(__always)
    private static func line(from first: UnsafePointer<UInt8>, to end: UnsafeMutablePointer<UInt8>) -> LineCursor {
        var end = end
        if end > first && end[-1] == ASCII.carriageReturn { end -= 1 }
        end.pointee = ASCII.newline
        return LineCursor(first: first, end: UnsafePointer(end))
    }
}
