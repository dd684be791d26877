#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Numbers as the server reads and writes them.
enum Numbers {
    /// A whole number in its one canonical form: no plus, no leading zero, no space. `nil` for everything else.
    static func integer(_ bytes: some Collection<UInt8>) -> Int64? {
        guard !bytes.isEmpty, bytes.count <= 20 else { return nil }
        let digits = bytes.first == UInt8(ascii: "-") ? bytes.dropFirst() : bytes[...]
        guard let first = digits.first, (48...57).contains(first) else { return nil }
        if first == 48 { return digits.count == 1 && bytes.count == 1 ? 0 : nil }
        guard digits.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return Int64(String(decoding: bytes, as: UTF8.self))
    }

    /// A whole number that is not negative, leading zeros allowed, as in the halves of a stream's identifier.
    static func unsigned(_ bytes: some Collection<UInt8>) -> UInt64? {
        guard !bytes.isEmpty, bytes.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return UInt64(String(decoding: bytes, as: UTF8.self))
    }

    /// A score: decimal or hexadecimal notation, or an infinity; never "not a number".
    static func score(_ bytes: some Sequence<UInt8>) -> Double? {
        guard let value = Double(String(decoding: Array(bytes), as: UTF8.self)), !value.isNaN else { return nil }
        // A small set keeps a score as a whole number where it is one, and there is no whole number below zero but
        // above minus one.
        return value == 0 ? 0 : value
    }

    /// Seventeen significant digits, as the server of version 7.0 prints scores; C's formatting, in the C locale.
    static func text(of score: Double) -> Bytes {
        if score.isInfinite { return Bytes(score < 0 ? "-inf" : "inf") }
        if score == score.rounded(), abs(score) < 1e15 { return Bytes(String(Int64(score))) }
        var buffer = [CChar](repeating: 0, count: 40)
        let length = withVaList([score]) { vsnprintf(&buffer, buffer.count, "%.17g", $0) }
        return buffer.prefix(Int(length)).map { UInt8(bitPattern: $0) }
    }
}
