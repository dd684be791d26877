/// What a reply on a subscribed connection says that is no message.
enum PushedReply: Equatable {
    case confirmation(name: String, isPattern: Bool)
    case refusal(String)
    /// The answer to a heartbeat, or something unknown and harmless.
    case other
}

/// Puts pushed replies together from their parts, without an array in between. Pure.
struct PushAssembler {
    /// Which list the parts make up. The words of the protocol all differ in length.
    private enum Kind {
        case message
        case patternMessage
        case confirmation(isPattern: Bool)
        case other
    }

    /// The messages since the owner last took them.
    var messages: [RedisMessage] = []
    private var kind = Kind.other
    private var pattern: String?
    /// The channel of the message or the name that is confirmed. Mostly the same as in the reply before, and then it
    /// need not be made again.
    private var name = ""
    private var nameBytes: [UInt8] = []
    private var content = RedisValue.null
    private var refusal: String?

    /// Another list begins.
    @inline(__always)
    mutating func begin() { kind = .other }

    /// Takes a string, except one that is the content of a message.
    /// - Returns: whether it was taken.
    @inline(__always)
    mutating func take(_ bytes: UnsafeRawBufferPointer, _ position: Int) -> Bool {
        switch (position, kind) {
        case (0, _):
            switch bytes.count {
            case 7: kind = .message
            case 8: kind = .patternMessage
            case 9, 11: kind = .confirmation(isPattern: false)
            case 10, 12: kind = .confirmation(isPattern: true)
            default: kind = .other
            }
            return true
        case (1, .patternMessage):
            pattern = String(decoding: bytes, as: UTF8.self)
            return true
        case (1, _), (2, .patternMessage):
            if !isName(bytes) {
                name = String(decoding: bytes, as: UTF8.self)
                nameBytes = [UInt8](bytes)
            }
            return true
        default: return false
        }
    }

    /// Takes every other part, or a reply that is no list.
    @inline(__always)
    mutating func add(_ value: consuming RedisValue, isAlone: Bool) {
        if isAlone { return addAlone(value) }
        content = value
    }

    /// Ends the reply whose parts have all come; a message goes to ``messages``.
    /// - Returns: what it says if it is no message.
    @inline(__always)
    mutating func finish() -> PushedReply? {
        switch kind {
        case .message: messages.append(RedisMessage(channel: name, content: takeContent()))
        case .patternMessage: messages.append(RedisMessage(channel: name, pattern: pattern, content: takeContent()))
        case .confirmation(let isPattern): return .confirmation(name: name, isPattern: isPattern)
        case .other:
            defer { refusal = nil }
            return refusal.map { .refusal($0) } ?? .other
        }
        return nil
    }

    private mutating func addAlone(_ value: RedisValue) {
        kind = .other
        if case .error(let line) = value { refusal = line }
    }

    @inline(__always)
    private func isName(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count == nameBytes.count else { return false }
        return nameBytes.withUnsafeBytes { known in
            for position in 0..<known.count where known[position] != bytes[position] { return false }
            return true
        }
    }

    @inline(__always)
    private mutating func takeContent() -> RedisValue {
        var taken = RedisValue.null
        swap(&taken, &content)
        return taken
    }
}
