import RedisClient

/// One command of a sequence for both sides.
struct Step: CustomStringConvertible {
    enum Word {
        case bytes([UInt8])
        /// The reply to `CLIENT ID` on that connection, which differs from session to session.
        case number(ofConnection: Int)
    }

    /// The time before the command in microseconds.
    var delay: Int64 = 0
    var connection: Int
    var words: [Word]
    /// The script that the command runs, for the tally.
    var script: String?

    init(_ connection: Int, _ words: [String], delay: Int64 = 0) {
        self.connection = connection
        self.words = words.map { .bytes(Array($0.utf8)) }
        self.delay = delay
    }

    init(_ connection: Int, bytes: [[UInt8]], delay: Int64 = 0) {
        self.connection = connection
        words = bytes.map { .bytes($0) }
        self.delay = delay
    }

    /// The name of the command in lower case.
    var name: String {
        guard case .bytes(let bytes) = words.first else { return "" }
        return String(decoding: bytes, as: UTF8.self).lowercased()
    }

    /// Whether the messages of the command depend on the command before it in the same write: the real server sends
    /// invalidations by prefix when its input is empty.
    var standsAlone: Bool { ["client", "subscribe", "unsubscribe"].contains(name) }

    var description: String {
        let shown = words.map { word in
            switch word {
            case .bytes(let bytes): bytes.isEmpty ? "\"\"" : String(decoding: bytes, as: UTF8.self)
            case .number(let connection): "<id of \(connection)>"
            }
        }
        return "\(delay > 0 ? "after \(delay) µs, " : "")connection \(connection): \(shown.joined(separator: " "))"
    }
}
