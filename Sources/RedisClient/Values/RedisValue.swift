/// One reply of the server, copied out of the connection's read buffer.
///
/// A value owns its bytes: it may be kept, sent to another task and compared. Copying one is O(1); hashing and
/// comparing are linear in its size.
public enum RedisValue: Sendable, Hashable {
    /// The nil bulk string or nil array: a missing key, a blocking command that ran out of time, an aborted `EXEC`.
    case null
    /// A 64-bit integer reply.
    case integer(Int64)
    /// A short status line such as `OK` or `PONG`, without its line end.
    case status(String)
    /// A binary-safe string of 0 bytes to 512 MB.
    case bulk([UInt8])
    /// An error line such as `WRONGTYPE Operation against …`, without the leading minus.
    ///
    /// Seen inside arrays (an `EXEC` or a script's table) and in the results of a pipeline. A single command that is
    /// answered with an error throws a ``RedisError`` instead.
    case error(String)
    /// A list of replies, nested at most seven deep (the limit of the C parser).
    case array([RedisValue])
}

extension RedisValue {
    /// Whether the reply is ``null``.
    @inlinable public var isNull: Bool {
        if case .null = self { true } else { false }
    }

    /// The bytes of a ``bulk(_:)`` or ``status(_:)`` reply; `nil` for every other kind. O(1) for bulk strings.
    @inlinable public var bytes: [UInt8]? {
        switch self {
        case .bulk(let bytes): bytes
        case .status(let text): Array(text.utf8)
        default: nil
        }
    }

    /// The text of a ``bulk(_:)`` or ``status(_:)`` reply; `nil` for every other kind.
    ///
    /// Bytes that are not valid UTF-8 come out as U+FFFD; use ``bytes`` where they matter.
    @inlinable public var string: String? {
        switch self {
        case .bulk(let bytes): String(decoding: bytes, as: UTF8.self)
        case .status(let text): text
        default: nil
        }
    }

    /// The number of an ``integer(_:)`` reply, or of a bulk or status reply that is a whole decimal number
    /// (as in the reply to `GET` of a counter); `nil` for everything else.
    @inlinable public var integerValue: Int64? {
        switch self {
        case .integer(let value): value
        case .bulk, .status: string.flatMap { Int64($0) }
        default: nil
        }
    }

    /// The elements of an ``array(_:)`` reply; `nil` for every other kind. O(1).
    @inlinable public var elements: [RedisValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }
}

extension RedisValue: CustomStringConvertible {
    /// A one-line rendering for messages and logs. Strings are cut after 64 bytes, lines after 200 characters, arrays after
    /// 16 elements.
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
