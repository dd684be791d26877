import Foundation

/// The system calls of the page's server. All sockets are non-blocking, and child processes do not inherit them.
enum Sockets {
    struct Failure: Error, CustomStringConvertible {
        let call: String
        let code: Int32

        init(_ call: String) {
            self.call = call
            code = errno
        }

        var description: String { "\(call): \(String(cString: strerror(code)))" }
    }

    enum Received {
        case bytes(Int)
        case nothingYet
        case ended
    }

    enum Accepted {
        case connection(Int32)
        case nothingYet
        /// The connection ended before the server accepted it.
        case lost
        /// The process has no descriptor, or the system has no memory, for another connection.
        case exhausted
    }

    static func listen(at address: ListeningAddress) throws(Failure) -> Int32 {
        let descriptor = socket(address.isIPv6 ? AF_INET6 : AF_INET, stream, 0)
        guard descriptor >= 0 else { throw Failure("socket") }
        do throws(Failure) {
            try prepare(descriptor)
            // The option allows a port whose connections closed a moment ago.
            var yes: Int32 = 1
            let size = socklen_t(MemoryLayout<Int32>.size)
            guard setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, size) == 0 else { throw Failure("setsockopt") }
            guard address.withSocketAddress({ Foundation.bind(descriptor, $0, $1) }) == 0 else { throw Failure("bind") }
            guard Foundation.listen(descriptor, SOMAXCONN) == 0 else { throw Failure("listen") }
        } catch {
            close(descriptor)
            throw error
        }
        return descriptor
    }

    static func port(of descriptor: Int32) throws(Failure) -> UInt16 {
        var address = sockaddr_in6()
        var size = socklen_t(MemoryLayout<sockaddr_in6>.size)
        let result = withUnsafeMutableBytes(of: &address) {
            getsockname(descriptor, $0.assumingMemoryBound(to: sockaddr.self).baseAddress!, &size)
        }
        guard result == 0 else { throw Failure("getsockname") }
        // The port has the same offset in the addresses of both families.
        return UInt16(bigEndian: address.sin6_port)
    }

    static func accept(on listener: Int32) -> Accepted {
        let descriptor = Foundation.accept(listener, nil, nil)
        if descriptor >= 0 {
            do { try prepare(descriptor) } catch {
                close(descriptor)
                return .lost
            }
            return .connection(descriptor)
        }
        switch errno {
        case EAGAIN, EWOULDBLOCK: return .nothingYet
        case EMFILE, ENFILE, ENOBUFS, ENOMEM: return .exhausted
        default: return .lost
        }
    }

    static func receive(from descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Received {
        let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
        if count > 0 { return .bytes(count) }
        return count < 0 && isTemporary(errno) ? .nothingYet : .ended
    }

    /// - Returns: the number of bytes that the socket took. `nil` if the connection is broken.
    static func send(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) -> Int? {
        let count = bytes.withUnsafeBytes { Foundation.send(descriptor, $0.baseAddress, $0.count, withoutSignal) }
        if count >= 0 { return count }
        return isTemporary(errno) ? 0 : nil
    }

    static func endSending(on descriptor: Int32) { _ = shutdown(descriptor, Int32(SHUT_WR)) }

    static func close(_ descriptor: Int32) { _ = Foundation.close(descriptor) }

    /// Creates a pipe. Its read end becomes readable when the write end closes.
    static func pipe() throws(Failure) -> (read: Int32, write: Int32) {
        var ends: [Int32] = [-1, -1]
        guard Foundation.pipe(&ends) == 0 else { throw Failure("pipe") }
        do throws(Failure) { for end in ends { try prepare(end) } } catch {
            for end in ends { close(end) }
            throw error
        }
        return (ends[0], ends[1])
    }

    private static func prepare(_ descriptor: Int32) throws(Failure) {
        guard fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK) == 0,
            fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0
        else { throw Failure("fcntl") }
        #if canImport(Darwin)
            var yes: Int32 = 1
            // This fails for a pipe, which does not need the option.
            _ = setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &yes, socklen_t(MemoryLayout<Int32>.size))
        #endif
    }

    private static func isTemporary(_ code: Int32) -> Bool { code == EAGAIN || code == EWOULDBLOCK || code == EINTR }

    #if canImport(Darwin)
        private static let stream = SOCK_STREAM
        private static let withoutSignal: Int32 = 0
    #else
        private static let withoutSignal = Int32(MSG_NOSIGNAL)
        #if canImport(Musl)
            private static let stream = SOCK_STREAM
        #else
            private static let stream = Int32(SOCK_STREAM.rawValue)
        #endif
    #endif
}
