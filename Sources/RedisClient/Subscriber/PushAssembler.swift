/// A reply on a subscribed connection that is not a message.
enum PushedReply: Equatable {
    case confirmation(name: String, isPattern: Bool)
    case refusal(String)
    /// The answer to a heartbeat, or an unknown reply, which the subscriber ignores.
    case other
}

/// Assembles pushed replies from their parts, without an intermediate array. A pure value.
struct PushAssembler {
    /// The kind of the current reply. Its first words all differ in length.
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
    /// The channel of the message, or the confirmed name. It is usually that of the reply before and is then reused.
    private var name = ""
    private var nameBytes: [UInt8] = []
    private var content = RedisValue.null
    private var refusal: String?

    /// Begins a reply that is a list.
    @inline(__always)
    mutating func begin() { kind = .other }

    /// Takes a string that is not the content of a message.
    ///
    /// - Returns: whether the string was taken.
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

    /// Takes any other part, or a reply that is not a list.
    @inline(__always)
    mutating func add(_ value: consuming RedisValue, isAlone: Bool) {
        if isAlone { return addAlone(value) }
        content = value
    }

    /// Ends a complete reply. A message goes to ``messages``.
    ///
    /// - Returns: the reply if it is not a message.
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
