import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A server on a port of 127.0.0.1 that gives every command of a Redis client the same answer, whatever it is.
public final class AnsweringServer: @unchecked Sendable {
    // @unchecked Sendable: nothing changes but what is atomic.
    public let port: Int
    private let listener: Int32
    private let accepted = Atomic<Int>(0)
    private let isStopped = Atomic<Bool>(false)

    /// How many connections it has accepted.
    public var connections: Int { accepted.load(ordering: .relaxed) }

    /// - Parameters:
    ///   - answer: the bytes for each command.
    ///   - answersPings: whether a PING is answered as by a Redis.
    public init(_ answer: String, answersPings: Bool = false) throws {
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
            // The thread closes what it listens on: closed by another, the number may already be that of another server,
            // whose connections this one would take.
            defer { close(listener) }
            while !isStopped.load(ordering: .acquiring) {
                var waiting = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
                guard poll(&waiting, 1, 20) > 0 else { continue }
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                accepted.add(1, ordering: .relaxed)
                Thread { Self.serve(connection, Array(answer.utf8), answersPings) }.start()
            }
        }
        thread.start()
    }

    public func stop() {
        isStopped.store(true, ordering: .releasing)
        shutdown(listener, Int32(SHUT_RDWR))
    }

    private static func serve(_ connection: Int32, _ answer: [UInt8], _ answersPings: Bool) {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(connection, &buffer, buffer.count)
            guard count > 0 else { break }
            // A command begins with a star at the beginning of a line; no argument here does.
            let starts = (0..<count).filter {
                buffer[$0] == UInt8(ascii: "*") && ($0 == 0 || buffer[$0 - 1] == UInt8(ascii: "\n"))
            }
            let bytes = starts.flatMap { start in
                let isPing = buffer[start..<count].starts(with: "*1\r\n$4\r\nPING\r\n".utf8)
                return isPing && answersPings ? Array("+PONG\r\n".utf8) : answer
            }
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
