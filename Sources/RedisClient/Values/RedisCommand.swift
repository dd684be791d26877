/// A command with its arguments, not yet encoded.
///
/// Making one allocates one array. It is encoded straight into the output buffer of the connection that sends it, in
/// time linear in its bytes; a command may be sent any number of times, by any number of connections.
///
/// ```swift
/// RedisCommand("GET", "user:7")
/// RedisCommand(arguments: ["SET", "blob", .bytes(blob), "PX", 250])
/// ```
///
/// > Important: Commands that change what a connection's replies mean are not for ``RedisPool/send(_:)``: `SUBSCRIBE`
/// > and `PSUBSCRIBE` (use ``RedisSubscriber``), `MONITOR`, `HELLO 3`, `CLIENT REPLY`. Blocking commands, `MULTI`,
/// > `WATCH` and `SELECT` belong on a connection of one's own (``RedisPool/withConnection(isolation:_:)``).
public struct RedisCommand: Sendable, Hashable {
    /// Two forms, so that a command of strings needs no second array.
    enum Storage: Sendable, Hashable {
        case strings([String])
        case arguments([RedisArgument])
    }

    let storage: Storage

    /// A command from its words.
    /// - Parameter parts: the name and the arguments; at least one. An empty command is refused by `send` with
    ///   ``RedisError/Code/protocolError``.
    public init(_ parts: String...) {
        storage = .strings(parts)
    }

    /// A command from a list of words.
    public init(parts: [String]) {
        storage = .strings(parts)
    }

    /// A command from arguments of mixed kinds, the name first.
    public init(arguments: [RedisArgument]) {
        storage = .arguments(arguments)
    }

    /// A command from its name and arguments of mixed kinds.
    public init(_ name: String, arguments: [RedisArgument]) {
        storage = .arguments([.string(name)] + arguments)
    }

    /// How many words the command has, its name included.
    public var count: Int {
        switch storage {
        case .strings(let parts): parts.count
        case .arguments(let arguments): arguments.count
        }
    }

    /// The command's first word in upper case, for messages. Empty for an empty command.
    public var name: String {
        switch storage {
        case .strings(let parts): return parts.first?.uppercased() ?? ""
        case .arguments(let arguments):
            switch arguments.first {
            case .string(let text): return text.uppercased()
            case .bytes(let bytes): return String(decoding: bytes, as: UTF8.self).uppercased()
            case .integer(let value): return String(value)
            case nil: return ""
            }
        }
    }
}
