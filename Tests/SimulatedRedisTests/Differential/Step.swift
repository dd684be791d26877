import RedisClient

/// One command of a sequence that is executed by both.
struct Step: CustomStringConvertible {
    enum Word {
        case bytes([UInt8])
        /// What `CLIENT ID` answers to that connection: another number in every session.
        case number(ofConnection: Int)
    }

    /// Microseconds that pass before it.
    var delay: Int64 = 0
    var connection: Int
    var words: [Word]
    /// Which script it runs, for the tally.
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

    /// The command's name in small letters.
    var name: String {
        guard case .bytes(let bytes) = words.first else { return "" }
        return String(decoding: bytes, as: UTF8.self).lowercased()
    }

    /// Whether what is sent to others depends on whether it is executed together with what stands before it: the real
    /// server sends invalidations by prefix when it has nothing else to do.
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
