import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A server on a port of 127.0.0.1 that gives every command of a Redis client the same answer, whatever it is.
public final class AnsweringServer: @unchecked Sendable {
    // @unchecked Sendable: nothing changes but the count, which is atomic.
    public let port: Int
    private let listener: Int32
    private let accepted = Atomic<Int>(0)

    /// How many connections it has accepted.
    public var connections: Int { accepted.load(ordering: .relaxed) }

    /// - Parameter answer: the bytes for each command.
    public init(_ answer: String) throws {
        #if canImport(Glibc)
            let type = Int32(SOCK_STREAM.rawValue)
        #else
            let type = SOCK_STREAM
        #endif
        let listener = socket(AF_INET, type, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, size) == 0 && listen(listener, 64) == 0 && getsockname(listener, $0, &size) == 0
            }
        }
        guard isBound else { throw NeverHappened(description: "no port could be had") }
        self.listener = listener
        port = Int(UInt16(bigEndian: address.sin_port))
        let thread = Thread { [self] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                accepted.add(1, ordering: .relaxed)
                Thread { Self.serve(connection, Array(answer.utf8)) }.start()
            }
        }
        thread.start()
    }

    public func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    private static func serve(_ connection: Int32, _ answer: [UInt8]) {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(connection, &buffer, buffer.count)
            guard count > 0 else { break }
            // A command begins with a star at the beginning of a line; no argument here does.
            var commands = 0
            for index in 0..<count where buffer[index] == UInt8(ascii: "*") {
                if index == 0 || buffer[index - 1] == UInt8(ascii: "\n") { commands += 1 }
            }
            let bytes = Array(repeatElement(answer, count: commands).joined())
            guard send(connection, bytes, bytes.count, noSignal) == bytes.count else { break }
        }
        close(connection)
    }
}

#if canImport(Glibc)
    private let noSignal = Int32(MSG_NOSIGNAL)
#else
    private let noSignal: Int32 = 0
#endif
