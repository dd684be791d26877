/// A command with its arguments, not yet encoded.
///
/// To create one allocates one array. The connection encodes it directly into its output buffer, in O(n) of its
/// bytes. A command can be sent any number of times, by any number of connections.
///
/// ```swift
/// RedisCommand("GET", "user:7")
/// RedisCommand(arguments: ["SET", "blob", .bytes(blob), "PX", 250])
/// ```
///
/// > Important: ``RedisPool/send(_:)`` must not send a command that changes the meaning of later replies: `SUBSCRIBE`
/// > and `PSUBSCRIBE` (use ``RedisSubscriber``), `MONITOR`, `HELLO 3`, `CLIENT REPLY`. Blocking commands, `MULTI`,
/// > `WATCH` and `SELECT` need a connection of their own (``RedisPool/withConnection(isolation:_:)``).
public struct RedisCommand: Sendable, Hashable {
    /// The two forms of a command. A command of strings needs no second array.
    enum Storage: Sendable, Hashable {
        case strings([String])
        case arguments([RedisArgument])
    }

    let storage: Storage

    /// Creates a command from its words.
    ///
    /// - Parameter parts: the name and the arguments. At least one: `send` refuses an empty command with
    ///   ``RedisError/Code/protocolError``.
    public init(_ parts: String...) {
        storage = .strings(parts)
    }

    /// Creates a command from a list of words, the name first.
    public init(parts: [String]) {
        storage = .strings(parts)
    }

    /// Creates a command from arguments of any form, the name first.
    public init(arguments: [RedisArgument]) {
        storage = .arguments(arguments)
    }

    /// Creates a command from its name and arguments of any form.
    public init(_ name: String, arguments: [RedisArgument]) {
        storage = .arguments([.string(name)] + arguments)
    }

    /// The number of words, the name included. O(1).
    public var count: Int {
        switch storage {
        case .strings(let parts): parts.count
        case .arguments(let arguments): arguments.count
        }
    }

    /// The first word in upper case, for messages. Empty for an empty command.
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

/// One argument of a command.
///
/// All three forms are binary safe: the client sends the length of the argument, and quotes nothing.
public enum RedisArgument: Sendable, Hashable {
    /// A text. The client sends its UTF-8 bytes.
    case string(String)
    /// Bytes. The client copies them once, into the output buffer of the connection.
    case bytes([UInt8])
    /// A number. The client sends it in decimal.
    case integer(Int)
}

extension RedisArgument: ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
    /// Creates a ``string(_:)``.
    @inlinable public init(stringLiteral value: String) { self = .string(value) }
}

extension RedisArgument: ExpressibleByIntegerLiteral {
    /// Creates an ``integer(_:)``.
    @inlinable public init(integerLiteral value: Int) { self = .integer(value) }
}

extension RedisArgument: ExpressibleByArrayLiteral {
    /// Creates ``bytes(_:)``.
    @inlinable public init(arrayLiteral elements: UInt8...) { self = .bytes(elements) }
}

extension RedisCommand {
    /// The words as the server receives them, the name first. For models of a server. O(n) in the number of bytes.
    public var words: [[UInt8]] {
        switch storage {
        case .strings(let parts): parts.map { Array($0.utf8) }
        case .arguments(let arguments): arguments.map(\.word)
        }
    }
}

extension RedisArgument {
    /// The bytes that the client sends for this argument.
    public var word: [UInt8] {
        switch self {
        case .string(let text): Array(text.utf8)
        case .bytes(let bytes): bytes
        case .integer(let value): Array(String(value).utf8)
        }
    }
}

/// Patterns of `SCAN`, `KEYS` and `PSUBSCRIBE`.
package enum RedisPattern {
    /// A pattern that matches nothing but the text.
    package static func escaped(_ text: String) -> String {
        var escaped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if "*?[]^-\\".unicodeScalars.contains(scalar) { escaped.append("\\") }
            escaped.append(scalar)
        }
        return String(escaped)
    }
}
