import Foundation
import RedisClient

/// What the forwarder needs of sockets, on each system.
package enum Socket {
    #if os(Linux)
        static let sendFlags = Int32(MSG_NOSIGNAL)
        private static let stream = Int32(SOCK_STREAM.rawValue)
    #else
        static let sendFlags: Int32 = 0
        private static let stream = SOCK_STREAM
    #endif

    /// No call on it waits, no child inherits it, and no signal comes of it.
    package static func prepare(_ socket: Int32) {
        _ = fcntl(socket, F_SETFL, fcntl(socket, F_GETFL) | O_NONBLOCK)
        _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
        #if !os(Linux)
            var isOn: Int32 = 1
            setsockopt(socket, SOL_SOCKET, SO_NOSIGPIPE, &isOn, socklen_t(MemoryLayout<Int32>.size))
        #endif
    }

    /// - Throws: ``WorldError``.
    package static func listen(at path: String) throws -> Int32 {
        let listener = socket(AF_UNIX, stream, 0)
        prepare(listener)
        let isBound = withAddress(of: path) { bind(listener, $0, $1) == 0 && Foundation.listen(listener, 128) == 0 }
        guard isBound else {
            let reason = String(cString: strerror(errno))
            close(listener)
            throw WorldError(
                .hostUnusable, "no socket could be opened at \(path): \(reason)",
                advice: "Set TMPDIR to a folder with a short path that can be written")
        }
        return listener
    }

    /// On the loopback interface.
    /// - Throws: ``WorldError``.
    package static func listenOnFreePort() throws -> (listener: Int32, port: UInt16) {
        let listener = socket(AF_INET, stream, 0)
        prepare(listener)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && Foundation.listen(listener, 128) == 0
                    && getsockname(listener, $0, &length) == 0
            }
        }
        guard isBound else {
            close(listener)
            throw WorldError(
                .hostUnusable, "no port of 127.0.0.1 could be opened", advice: "Allow connections within the machine")
        }
        return (listener, UInt16(bigEndian: address.sin_port))
    }

    /// A connection to the server; `nil` if it refuses.
    package static func connect(to endpoint: RedisEndpoint) -> Int32? {
        switch endpoint {
        case .unixSocket(let path):
            let connection = socket(AF_UNIX, stream, 0)
            guard withAddress(of: path, { Foundation.connect(connection, $0, $1) == 0 }) else {
                close(connection)
                return nil
            }
            prepare(connection)
            return connection
        case .tcp(let host, let port):
            var hints = addrinfo()
            hints.ai_socktype = stream
            var found: UnsafeMutablePointer<addrinfo>?
            guard getaddrinfo(host, String(port), &hints, &found) == 0 else { return nil }
            defer { freeaddrinfo(found) }
            for address in sequence(first: found, next: { $0?.pointee.ai_next }) {
                guard let address = address?.pointee else { break }
                let connection = socket(address.ai_family, address.ai_socktype, address.ai_protocol)
                if Foundation.connect(connection, address.ai_addr, address.ai_addrlen) == 0 {
                    prepare(connection)
                    return connection
                }
                close(connection)
            }
            return nil
        }
    }

    private static func withAddress(of path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Bool) -> Bool {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            errno = ENAMETOOLONG
            return false
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}
