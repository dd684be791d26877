import Foundation

/// A server that answers commands as no Redis does. It listens on a Unix socket, and has a thread for each connection.
///
/// Its owner calls ``stop()``, which ends the threads.
public final class HostileServer: @unchecked Sendable {
    // @unchecked Sendable: what changes is behind the lock.

    /// What it does with a command.
    public enum Answer: Sendable, CustomStringConvertible {
        case silence
        /// It hangs up.
        case drop
        case bytes(String)
        /// These, and then those again and again, until the client hangs up.
        case endless(String, then: String)

        public var description: String {
            switch self {
            case .silence: "silence"
            case .drop: "hanging up"
            case .bytes(let text): String(text.debugDescription.prefix(60))
            case .endless(let head, let rest):
                "\(head.debugDescription), then \(rest.debugDescription.prefix(20)) for ever"
            }
        }
    }

    public let path: String
    public var url: String { "unix://\(path)" }
    private let answer: Answer
    private let isPolite: Bool
    private let listener: Int32
    private let lock = NSLock()
    private var connections: Set<Int32> = []
    private var sentBytes = 0
    private var isStopped = false

    /// How many bytes it got rid of, in all.
    public var sent: Int { lock.withLock { sentBytes } }

    /// - Parameters:
    ///   - answer: to every command.
    ///   - isPolite: whether PING, `CLIENT`, `SELECT` and `AUTH` are answered as by a Redis.
    public init(_ answer: Answer, isPolite: Bool = true) throws {
        self.answer = answer
        self.isPolite = isPolite
        path = "/tmp/hostile-\(UUID().uuidString.prefix(8)).sock"
        #if os(Linux)
            listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        #else
            listener = socket(AF_UNIX, SOCK_STREAM, 0)
        #endif
        _ = fcntl(listener, F_SETFD, FD_CLOEXEC)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let isListening = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0 && listen(listener, 128) == 0
            }
        }
        guard isListening else { throw NeverHappened(description: "no socket at \(path): error \(errno)") }
        let thread = Thread { [self] in accept() }
        thread.start()
    }

    public func stop() {
        lock.withLock {
            isStopped = true
            for connection in connections { shutdown(connection, Int32(SHUT_RDWR)) }
        }
        shutdown(listener, Int32(SHUT_RDWR))
        unlink(path)
    }

    private func accept() {
        defer { close(listener) }
        while true {
            let connection = Foundation.accept(listener, nil, nil)
            guard connection >= 0 else {
                if errno == EINTR { continue }
                return
            }
            _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
            let isWelcome = lock.withLock {
                if !isStopped { connections.insert(connection) }
                return !isStopped
            }
            guard isWelcome else {
                close(connection)
                return
            }
            Thread { [self] in
                serve(connection)
                lock.withLock { _ = connections.remove(connection) }
                close(connection)
            }.start()
        }
    }

    private func serve(_ connection: Int32) {
        var input: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return }
            input += buffer[..<count]
            while let words = Self.takeCommand(&input) {
                guard reply(to: words, on: connection) else { return }
            }
        }
    }

    /// - Returns: whether the connection is still of use.
    private func reply(to words: [String], on connection: Int32) -> Bool {
        let name = words.first?.uppercased() ?? ""
        if isPolite, ["PING", "CLIENT", "SELECT", "AUTH"].contains(name) {
            return send(name == "PING" ? "+PONG\r\n" : "+OK\r\n", on: connection)
        }
        switch answer {
        case .silence: return true
        case .drop: return false
        case .bytes(let text): return send(text, on: connection)
        case .endless(let head, let rest):
            guard send(head, on: connection) else { return false }
            while send(rest, on: connection) {}
            return false
        }
    }

    private func send(_ text: String, on connection: Int32) -> Bool {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            #if os(Linux)
                let count = rest.withUnsafeBytes {
                    Foundation.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
            #else
                let count = rest.withUnsafeBytes { Foundation.send(connection, $0.baseAddress, $0.count, 0) }
            #endif
            guard count > 0 else { return false }
            lock.withLock { sentBytes += count }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Takes the first command, if all of it is there: `*2`, `$3`, `GET`, `$1`, `k`, a line each.
    private static func takeCommand(_ input: inout [UInt8]) -> [String]? {
        var position = 0
        func line() -> String? {
            guard let end = input[position...].firstIndex(of: 10) else { return nil }
            defer { position = end + 1 }
            return String(decoding: input[position..<end - 1], as: UTF8.self)
        }
        guard let head = line(), let count = Int(head.dropFirst()) else { return nil }
        var words: [String] = []
        for _ in 0..<count {
            guard let head = line(), let length = Int(head.dropFirst()), input.count >= position + length + 2 else {
                return nil
            }
            words.append(String(decoding: input[position..<position + length], as: UTF8.self))
            position += length + 2
        }
        input.removeFirst(position)
        return words
    }
}
