import Foundation
import RedisClient

/// A connection that reads replies and messages in one sequence.
///
/// It shares no code with `RedisClient`, so an error in the client cannot hide an error in the model.
final class RawConnection {
    private let descriptor: Int32
    private var input: [UInt8] = []
    private var position = 0

    init(socket path: String) throws {
        descriptor = Foundation.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        // A missing reply of the server must not block the test.
        var patience = timeval(tv_sec: 1, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        // If this throws, `deinit` closes the connection.
        guard status == 0 else { throw Unusable(reason: "no connection to \(path)") }
    }

    deinit { close(descriptor) }

    /// Sends one command and reads one reply.
    func send(_ words: [String]) throws -> RedisValue {
        try write([words.map { Array($0.utf8) }])
        return try read()
    }

    func write(_ commands: [[[UInt8]]]) throws {
        var output: [UInt8] = []
        for words in commands {
            output += Array("*\(words.count)\r\n".utf8)
            for word in words { output += Array("$\(word.count)\r\n".utf8) + word + [13, 10] }
        }
        var sent = 0
        while sent < output.count {
            let count = output[sent...].withUnsafeBytes { Foundation.send(descriptor, $0.baseAddress, $0.count, 0) }
            guard count > 0 else { throw Unusable(reason: "the server does not listen any more: error \(errno)") }
            sent += count
        }
    }

    /// Reads the next reply or message.
    func read() throws -> RedisValue {
        let line = try readLine()
        guard let kind = line.first else { throw Unusable(reason: "an empty line") }
        let rest = String(decoding: line.dropFirst(), as: UTF8.self)
        switch kind {
        case UInt8(ascii: "+"): return .status(rest)
        case UInt8(ascii: "-"): return .error(rest)
        case UInt8(ascii: ":"): return .integer(Int64(rest) ?? .min)
        case UInt8(ascii: "$"):
            guard let count = Int(rest), count >= 0 else { return .null }
            try fill(count + 2)
            defer { position += count + 2 }
            return .bulk(Array(input[position..<(position + count)]))
        case UInt8(ascii: "*"):
            guard let count = Int(rest), count >= 0 else { return .null }
            return .array(try (0..<count).map { _ in try read() })
        default: throw Unusable(reason: "no reply: \(rest)")
        }
    }

    private func readLine() throws -> [UInt8] {
        var end = position
        while true {
            while end >= input.count { try fill(end - position + 1) }
            if input[end] == 13 { break }
            end += 1
        }
        try fill(end - position + 2)
        defer { position = end + 2 }
        return Array(input[position..<end])
    }

    /// Reads until this many unused bytes are available. Used bytes are removed only between replies.
    private func fill(_ count: Int) throws {
        while input.count - position < count {
            var buffer = [UInt8](repeating: 0, count: 65_536)
            let received = recv(descriptor, &buffer, buffer.count, 0)
            guard received > 0 else {
                throw Unusable(reason: "the server did not answer: \(received == 0 ? 0 : errno)")
            }
            input += buffer[..<received]
        }
    }

    /// Removes used bytes. Called between replies.
    func compact() {
        input.removeFirst(position)
        position = 0
    }
}
