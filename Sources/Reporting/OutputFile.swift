import Foundation
import Synchronization

/// A file that is opened before the work begins whose result it will hold, and keeps what it held until there is one.
///
/// It is written where the path leads: a link is followed, a device or a pipe is written to, and nothing is put in its place.
public final class OutputFile: Sendable {
    /// Why it cannot be written.
    public struct Failure: Error, CustomStringConvertible {
        public let description: String

        init(description: String) { self.description = description }

        /// - Parameter number: the system's error number.
        init(at path: String, _ number: Int32) { description = "\(path): \(OutputFile.reason(number))" }
    }

    public let path: String
    private let descriptor: Int32
    /// Where the file is that was made, if nothing was there before: the end of all links.
    private let made: String?
    /// Whether there was a result, which may be empty.
    private let isWritten = Atomic(false)

    /// - Throws: if it cannot be opened for writing.
    public init(path: String) throws(Failure) {
        self.path = path
        let isNew = access(path, F_OK) != 0
        // A pipe that nobody reads is refused instead of waited for.
        descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0o644)
        guard descriptor >= 0 else { throw Failure(description: "\(path): \(Self.reason(errno))") }
        if Self.isStandardOutput(descriptor) {
            close(descriptor)
            throw Failure(description: "\(path) is where the report goes; name another file")
        }
        let end = isNew ? realpath(path, nil) : nil
        defer { free(end) }
        made = end.map { String(cString: $0) }
        let flags = fcntl(descriptor, F_GETFL)
        _ = fcntl(descriptor, F_SETFL, flags & ~O_NONBLOCK)
    }

    /// Whether what is written there lands among what is printed. A device that keeps nothing can take both.
    private static func isStandardOutput(_ descriptor: Int32) -> Bool {
        var (file, output, nothing) = (stat(), stat(), stat())
        guard fstat(descriptor, &file) == 0, fstat(STDOUT_FILENO, &output) == 0 else { return false }
        guard file.st_dev == output.st_dev, file.st_ino == output.st_ino else { return false }
        let isNothing = stat("/dev/null", &nothing) == 0 && nothing.st_rdev == file.st_rdev
        return file.st_mode & S_IFMT != S_IFCHR || !isNothing
    }

    deinit {
        var status = stat()
        // What was made for a result that did not come is not left behind.
        if let made, !isWritten.load(ordering: .relaxed), fstat(descriptor, &status) == 0,
            status.st_mode & S_IFMT == S_IFREG, status.st_size == 0
        {
            unlink(made)
        }
        close(descriptor)
    }

    /// Writes a text in place of what the file holds.
    /// - Throws: ``Failure``.
    public func replace(with text: String) throws {
        try replace { descriptor in
            if let number = Descriptor.write(text, to: descriptor) {
                throw Failure(description: "\(path): \(Self.reason(number))")
            }
        }
    }

    /// Lets a body write in place of what the file holds.
    func replace(by body: (_ descriptor: Int32) throws -> Void) throws {
        var status = stat()
        if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG {
            guard ftruncate(descriptor, 0) == 0, lseek(descriptor, 0, SEEK_SET) == 0 else {
                throw Failure(description: "\(path): \(Self.reason(errno))")
            }
        }
        try body(descriptor)
        // Some file systems report a full disk only here; devices and pipes have nothing to say.
        if fsync(descriptor) != 0, errno != EINVAL, errno != EROFS, errno != ENOTSUP {
            throw Failure(description: "\(path): \(Self.reason(errno))")
        }
        isWritten.store(true, ordering: .relaxed)
    }

    /// What the system calls an error number.
    static func reason(_ number: Int32) -> String { String(cString: strerror(number)) }
}

/// Writing to a descriptor of the system.
public enum Descriptor {
    /// - Returns: the error number, `nil` if all was written.
    public static func write(_ text: String, to descriptor: Int32) -> Int32? {
        var text = text
        return text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
                if count > 0 {
                    rest = rest.dropFirst(count)
                } else if count == 0 {
                    return EIO
                } else if errno == EAGAIN {
                    // Somebody else has made it non-blocking; it is waited for as any other.
                    var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    poll(&waiting, 1, 1_000)
                } else if errno != EINTR {
                    return errno
                }
            }
            return nil
        }
    }
}
