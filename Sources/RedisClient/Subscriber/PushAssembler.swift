/// What one reply on a subscribed connection says.
enum PushedReply: Equatable {
    case message(RedisMessage)
    case confirmation(name: String, isPattern: Bool)
    case refusal(String)
    /// The answer to a heartbeat, or something unknown and harmless.
    case other
}

/// Puts pushed replies together from their parts, without an array in between. Pure.
final class PushAssembler {
    /// Which list the parts make up. The words of the protocol all differ in length.
    private enum Kind {
        case message
        case patternMessage
        case confirmation(isPattern: Bool)
        case other
    }

    private var kind = Kind.other
    private var pattern: String?
    /// The channel of the message or the name that is confirmed. Mostly the same as in the reply before, and then it
    /// need not be made again.
    private var name = ""
    private var content = RedisValue.null
    private var refusal: String?

    /// Takes a string, except one that is the content of a message.
    /// - Returns: whether it was taken.
    @inline(__always)
    func take(_ bytes: UnsafeRawBufferPointer, _ position: Int) -> Bool {
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
            var isSame = false
            name.withUTF8 { isSame = $0.count == bytes.count && $0.elementsEqual(bytes) }
            if !isSame { name = String(decoding: bytes, as: UTF8.self) }
            return true
        default: return false
        }
    }

    /// Takes every other part.
    func add(_ value: RedisValue, position: Int?) {
        if position == nil {
            kind = .other
            if case .error(let line) = value { refusal = line }
            return
        }
        addContent(value)
    }

    @inline(__always)
    func addContent(_ value: RedisValue) { content = value }

    /// Hands out the reply whose parts have all come.
    @inline(__always)
    func finish() -> PushedReply {
        if let line = refusal {
            refusal = nil
            return .refusal(line)
        }
        switch kind {
        case .message: return .message(RedisMessage(channel: name, content: takeContent()))
        case .patternMessage: return .message(RedisMessage(channel: name, pattern: pattern, content: takeContent()))
        case .confirmation(let isPattern): return .confirmation(name: name, isPattern: isPattern)
        case .other: return .other
        }
    }

    @inline(__always)
    private func takeContent() -> RedisValue {
        let taken = content
        content = .null
        return taken
    }
}
