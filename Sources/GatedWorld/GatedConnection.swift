import Foundation
import Gates
import Processes

/// A connection of an instance to Redis, as two halves with a gate between them. What arrives from either side is cut
/// into messages, which wait in the order in which they came.
final class GatedConnection {
    /// Unique in the world.
    let number: Int
    let instance: Int
    /// To the instance, and to Redis.
    let client: Int32
    let server: Int32
    var conversation = RedisConversation()
    /// Commands that wait to be let through to Redis, and what waits to be let through to the instance.
    var up: [GatedMessage] = []
    var down: [GatedMessage] = []
    /// What the messages are, by number.
    var commands: [Int: Command] = [:]
    var sayings: [Int: [UInt8]] = [:]
    /// Whose the commands are that have no reply yet, by their numbers on the connection.
    var owners: [Int: Owner] = [:]
    /// One of the halves is closed.
    var isClosed = false
    /// Redis has closed its end; the message that says so waits behind all that came before.
    var isServerGone = false

    struct Command {
        let bytes: [UInt8]
        let request: RedisRequest
    }

    struct Owner {
        let task: String
        let label: String
        /// Whether the reply passes at once, as the command did.
        let passes: Bool
    }

    /// Whether Redis may take as long as it likes for the reply to one of its commands, and so for those behind it.
    var isBlocked = false

    init(number: Int, instance: Int, client: Int32, server: Int32) {
        self.number = number
        self.instance = instance
        self.client = client
        self.server = server
    }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        Foundation.close(client)
        Foundation.close(server)
    }

    /// Reads what has arrived on one side, without waiting.
    /// - Returns: `nil` if the other end has closed it.
    static func read(_ descriptor: Int32, into buffer: inout [UInt8]) -> Int? {
        var total = 0
        while true {
            let space = 65_536
            let start = buffer.count
            let count = withUnsafeTemporaryAllocation(byteCount: space, alignment: 16) { bytes in
                let count = Foundation.read(descriptor, bytes.baseAddress, space)
                if count > 0 { buffer.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[0..<count])) }
                return count
            }
            if count > 0 {
                total += buffer.count - start
                if count < space { return total }
                continue
            }
            if count == 0 { return total > 0 ? total : nil }
            if errno == EINTR { continue }
            if errno == EAGAIN || errno == EWOULDBLOCK { return total }
            return total > 0 ? total : nil
        }
    }

    /// Writes all of it, for a limited time.
    /// - Returns: whether all was taken.
    static func write(_ bytes: [UInt8], to descriptor: Int32, within seconds: Double = 5) -> Bool {
        var written = 0
        let deadline = Seconds.now() + seconds
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                written += count
                continue
            }
            if count < 0, errno == EINTR { continue }
            guard count < 0, errno == EAGAIN || errno == EWOULDBLOCK else { return false }
            let left = deadline - Seconds.now()
            guard left > 0 else { return false }
            var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            _ = poll(&entry, 1, Int32(max(1, left * 1_000)))
        }
        return true
    }
}
