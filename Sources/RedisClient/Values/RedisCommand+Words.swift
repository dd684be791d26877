extension RedisCommand {
    /// The words as the server receives them, the name first: for an implementation that is no server, such as a model.
    /// Linear in their bytes.
    public var words: [[UInt8]] {
        switch storage {
        case .strings(let parts): parts.map { Array($0.utf8) }
        case .arguments(let arguments): arguments.map(\.word)
        }
    }
}

extension RedisArgument {
    /// The bytes that are sent for this argument.
    public var word: [UInt8] {
        switch self {
        case .string(let text): Array(text.utf8)
        case .bytes(let bytes): bytes
        case .integer(let value): Array(String(value).utf8)
        }
    }
}
