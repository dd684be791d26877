/// One argument of a command, in whichever form the caller already has it.
///
/// All three are binary safe: lengths are sent, nothing is quoted or escaped.
public enum RedisArgument: Sendable, Hashable {
    /// Text, sent as its UTF-8 bytes.
    case string(String)
    /// Bytes, sent as they are. They are copied once, into the connection's output buffer.
    case bytes([UInt8])
    /// A number, sent in decimal.
    case integer(Int)
}

extension RedisArgument: ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
    /// Makes a ``string(_:)``.
    @inlinable public init(stringLiteral value: String) { self = .string(value) }
}

extension RedisArgument: ExpressibleByIntegerLiteral {
    /// Makes an ``integer(_:)``.
    @inlinable public init(integerLiteral value: Int) { self = .integer(value) }
}

extension RedisArgument: ExpressibleByArrayLiteral {
    /// Makes ``bytes(_:)``.
    @inlinable public init(arrayLiteral elements: UInt8...) { self = .bytes(elements) }
}
