/// One reply of the server, copied from the read buffer of the connection.
///
/// A value owns its bytes: it can be stored, sent to another task and compared. A copy is O(1). Hashing and comparing
/// are O(n) in its size.
public enum RedisValue: Sendable, Hashable {
    /// The nil bulk string or nil array: a missing key, a blocking command without a result in time, an aborted
    /// `EXEC`.
    case null
    /// A 64-bit integer reply.
    case integer(Int64)
    /// A status line such as `OK` or `PONG`, without its line end.
    case status(String)
    /// A binary-safe string of 0 bytes to 512 MB.
    case bulk([UInt8])
    /// An error line such as `WRONGTYPE Operation against …`, without the leading minus.
    ///
    /// It occurs inside arrays (an `EXEC` or a script's table) and in the results of a pipeline. A single command
    /// with an error reply throws a ``RedisError`` instead.
    case error(String)
    /// A list of replies. The C parser limits the nesting to seven levels.
    case array([RedisValue])
}

extension RedisValue {
    /// Whether the reply is ``null``.
    @inlinable public var isNull: Bool {
        if case .null = self { true } else { false }
    }

    /// The bytes of a ``bulk(_:)`` or ``status(_:)`` reply. `nil` for every other kind. O(1) for bulk strings.
    @inlinable public var bytes: [UInt8]? {
        switch self {
        case .bulk(let bytes): bytes
        case .status(let text): Array(text.utf8)
        default: nil
        }
    }

    /// The text of a ``bulk(_:)`` or ``status(_:)`` reply. `nil` for every other kind. O(n).
    ///
    /// Bytes that are not valid UTF-8 become U+FFFD. ``bytes`` has them unchanged.
    @inlinable public var string: String? {
        switch self {
        case .bulk(let bytes): String(decoding: bytes, as: UTF8.self)
        case .status(let text): text
        default: nil
        }
    }

    /// The number of an ``integer(_:)`` reply, or of a bulk or status reply with a decimal integer, as in the reply
    /// to `GET` of a counter. `nil` for every other reply.
    @inlinable public var integerValue: Int64? {
        switch self {
        case .integer(let value): value
        case .bulk, .status: string.flatMap { Int64($0) }
        default: nil
        }
    }

    /// The elements of an ``array(_:)`` reply. `nil` for every other kind. O(1).
    @inlinable public var elements: [RedisValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }
}

extension RedisValue: CustomStringConvertible {
    /// The reply in one line for messages and logs. It shows at most 64 bytes of a string, 200 characters of a line,
    /// and 16 elements of an array.
    public var description: String {
        switch self {
        case .null: return "(nil)"
        case .integer(let value): return "(integer) \(value)"
        case .status(let text): return Self.shortened(text)
        case .error(let text): return "(error) \(Self.shortened(text))"
        case .array(let elements):
            let rest = elements.count > 16 ? ", … (\(elements.count) elements)" : ""
            return "[" + elements.prefix(16).map(\.description).joined(separator: ", ") + rest + "]"
        case .bulk(let bytes):
            let shown = String(decoding: bytes.prefix(64), as: UTF8.self)
            return bytes.count > 64 ? "\"\(shown)…\" (\(bytes.count) bytes)" : "\"\(shown)\""
        }
    }

    private static func shortened(_ text: String) -> String { text.utf8.count > 200 ? "\(text.prefix(200))…" : text }
}
