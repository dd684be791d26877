/// One whole value as it came: its bytes, and a short description of what they say.
package struct RESPFrame: Sendable, Equatable {
    /// What begins a value in the protocols 2 and 3, and the line without such a beginning.
    package enum Kind: UInt8, Sendable {
        case simple = 0x2B
        case error = 0x2D
        case number = 0x3A
        case bulk = 0x24
        case array = 0x2A
        case null = 0x5F
        case boolean = 0x23
        case double = 0x2C
        case bigNumber = 0x28
        case bulkError = 0x21
        case verbatim = 0x3D
        case map = 0x25
        case set = 0x7E
        case push = 0x3E
        /// A line of words, from a client only.
        case inline = 0x20
    }

    /// A value without its parts.
    package enum Element: Sendable, Equatable {
        /// The first bytes of a text, at most ``RESPSplitter/longestText``, and how many it has.
        case text([UInt8], count: Int)
        case number(Int64)
        case null
        /// An array, a set, a map or a push, with how many parts it has; a pair of a map counts twice.
        case aggregate(Kind, count: Int)

        /// The text, where it is one and whole.
        package var whole: [UInt8]? {
            if case .text(let bytes, let count) = self, bytes.count == count { bytes } else { nil }
        }
    }

    package var kind: Kind
    /// All bytes of the value, with the attributes before it.
    package var raw: [UInt8]
    /// The parts of an array, a set, a map or a push, at most ``RESPSplitter/mostElements`` of them. Of anything else
    /// the value itself.
    package var elements: [Element]
    /// How many parts there are. 1 for what has none.
    package var count: Int

    /// A value from its parts.
    package init(kind: Kind, raw: [UInt8], elements: [Element], count: Int) {
        self.kind = kind
        self.raw = raw
        self.elements = elements
        self.count = count
    }

    /// Whether it is an error, simple or bulk.
    package var isError: Bool { kind == .error || kind == .bulkError }
    /// The beginning of the first text, in which bytes that are no UTF-8 are replaced.
    package var firstText: String? {
        if case .text(let bytes, _)? = elements.first { String(decoding: bytes, as: UTF8.self) } else { nil }
    }
}

/// Why a connection to Redis cannot be led through a gate.
package enum RedisGateError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The client began with a ClientHello.
    case tls
    /// A command after which the connection is no sequence of commands and replies any more, or which has none.
    case command(String, why: String)
    /// A cluster's answer that the key is elsewhere.
    case redirected(String)
    /// Bytes that are not the protocol.
    case malformed(String)
    /// A value of which the protocol does not say the length.
    case streamed(Character)
    /// More bytes, parts or levels than the gate takes.
    case tooMuch(String, limit: Int)
    /// The server said something that no command asked for.
    case unasked(String)

    package var description: String {
        switch self {
        case .tls:
            "The client speaks TLS. A gate cannot read that: give the cache a URL that begins with redis://."
        case .command(let verb, let why): "\(verb) cannot pass a gate: \(why)."
        case .redirected(let text):
            "The server sent the client elsewhere (\(text)). A gate has one server, and is not for a cluster."
        case .malformed(let what): "This is not the Redis protocol: \(what)."
        case .streamed(let type):
            "The value begins with \(type) and does not say how long it is. Streamed values cannot pass a gate."
        case .tooMuch(let what, let limit): "A value has more than \(limit) \(what)."
        case .unasked(let text): "The server said something that no command had asked for: \(text)"
        }
    }
}
