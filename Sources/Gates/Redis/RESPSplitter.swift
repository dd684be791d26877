import History

/// Splits one direction of a connection to Redis into whole values, of the protocols 2 and 3.
///
/// It builds no tree: it counts how many parts are still to come at each level. The bytes may come in any portions.
/// What a length promises is never allocated. What exceeds a limit, is malformed or is streamed is an error, after
/// which the splitter gives nothing more.
package struct RESPSplitter: Sendable {
    /// Which way the bytes go.
    package enum Side: Sendable {
        /// Commands: arrays of bulk strings, or lines of words.
        case client
        /// Replies and pushes.
        case server
    }

    /// How much of a text a description keeps.
    package static let longestText = 256
    /// How many parts of a value a description keeps.
    package static let mostElements = 64
    /// The most levels of a value.
    package static let mostLevels = 32
    /// The most bytes in a line: as many as Redis allows.
    package static let longestLine = 64 << 10

    private struct Level {
        var remaining: Int
        /// Attributes come before a value and are none.
        var isAttribute: Bool
    }

    private let side: Side
    private let mostBytes: Int
    private var buffer: [UInt8] = []
    private var failure: RedisGateError?
    /// Where the current value begins, where its next part does, and up to where no end of a line is.
    private var start = 0
    private var position = 0
    private var scanned = 0
    /// The length of a bulk string whose header was read.
    private var bulk: Int?
    private var levels: [Level] = []
    private var kind: RESPFrame.Kind?
    private var elements: [RESPFrame.Element] = []
    private var count = 1

    /// - Parameter mostBytes: the most bytes of a value.
    package init(_ side: Side, mostBytes: Int = 64 << 20) {
        self.side = side
        self.mostBytes = mostBytes
    }

    /// Whether bytes of a value that is not whole are held.
    package var isPartial: Bool { start < buffer.count }

    /// Takes more bytes.
    package mutating func feed(_ bytes: some Sequence<UInt8>) {
        if start > 0, start >= buffer.count / 2 {
            buffer.removeSubrange(..<start)
            position -= start
            scanned -= start
            start = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// The next whole value; `nil` if there is none yet.
    package mutating func next() throws(RedisGateError) -> RESPFrame? {
        if let failure { throw failure }
        do throws(RedisGateError) {
            while try advance() {
                guard kind != nil, bulk == nil, levels.isEmpty else { continue }
                return finish()
            }
            guard buffer.count - start <= mostBytes else { throw tooLarge }
            return nil
        } catch {
            failure = error
            throw error
        }
    }

    private var tooLarge: RedisGateError { .tooMuch("bytes", limit: mostBytes) }

    private mutating func finish() -> RESPFrame? {
        defer {
            start = position
            scanned = position
            kind = nil
            elements = []
            count = 1
        }
        return kind.map {
            RESPFrame(kind: $0, raw: Array(buffer[start..<position]), elements: elements, count: count)
        }
    }

    // MARK: One step

    /// - Returns: whether something was read.
    private mutating func advance() throws(RedisGateError) -> Bool {
        if let bulk { return try takeBulk(bulk) }
        guard position < buffer.count else { return false }
        let byte = buffer[position]
        if side == .client, levels.isEmpty, byte != UInt8(ascii: "*") { return try takeInline(byte) }
        guard let line = try line() else { return false }
        let after = line.upperBound + 2
        guard after - start <= mostBytes else { throw tooLarge }
        try takeHeader(byte, line)
        position = after
        scanned = after
        return true
    }

    /// What stands between the first byte of a value and the end of its line.
    private mutating func line() throws(RedisGateError) -> Range<Int>? {
        scanned = max(scanned, position + 1)
        while scanned < buffer.count, buffer[scanned] != 13 {
            // A value may not hold a line feed here, and what is no protocol at all has one soon.
            guard buffer[scanned] != 10 else { throw .malformed("a line ends without a carriage return") }
            scanned += 1
        }
        guard scanned - position <= Self.longestLine else { throw .tooMuch("bytes in a line", limit: Self.longestLine) }
        guard scanned + 1 < buffer.count else { return nil }
        guard buffer[scanned + 1] == 10 else { throw .malformed("a line ends without a line feed") }
        return position + 1..<scanned
    }

    private mutating func takeHeader(_ byte: UInt8, _ line: Range<Int>) throws(RedisGateError) {
        if side == .client {
            guard byte == UInt8(ascii: levels.isEmpty ? "*" : "$") else {
                throw .malformed("a part of a command begins with \(Self.shown(byte)) instead of $")
            }
        }
        let streamable: [UInt8] = Array("$=!*~%>|".utf8)
        if line.count == 1, buffer[line.lowerBound] == UInt8(ascii: "?"), streamable.contains(byte) {
            throw .streamed(Character(Unicode.Scalar(byte)))
        }
        switch byte {
        case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: ","), UInt8(ascii: "("):
            begin(byte, textElement(line))
            complete()
        case UInt8(ascii: ":"):
            begin(byte, .number(try number(line)))
            complete()
        case UInt8(ascii: "_"):
            guard line.isEmpty else { throw .malformed("a null has a text") }
            begin(byte, .null)
            complete()
        case UInt8(ascii: "#"):
            guard line.count == 1, "tf".utf8.contains(buffer[line.lowerBound]) else {
                throw .malformed("a boolean is neither t nor f")
            }
            begin(byte, textElement(line))
            complete()
        case UInt8(ascii: "$"), UInt8(ascii: "="), UInt8(ascii: "!"): try takeBulkHeader(byte, line)
        case UInt8(ascii: "*"), UInt8(ascii: "~"), UInt8(ascii: "%"), UInt8(ascii: ">"), UInt8(ascii: "|"):
            try takeAggregate(byte, line)
        case UInt8(ascii: ";"), UInt8(ascii: "."): throw .streamed(Character(Unicode.Scalar(byte)))
        default: throw .malformed("a value begins with \(Self.shown(byte))")
        }
    }

    private static func shown(_ byte: UInt8) -> String {
        byte > 32 && byte < 127 ? String(Unicode.Scalar(byte)) : "byte \(byte)"
    }

    private mutating func takeBulkHeader(_ byte: UInt8, _ line: Range<Int>) throws(RedisGateError) {
        let length = try number(line)
        if length == -1, side == .server, byte == UInt8(ascii: "$") {
            begin(byte, .null)
            return complete()
        }
        guard length >= 0 else { throw .malformed("a length is negative") }
        guard length <= mostBytes - (line.upperBound - start) - 4 else { throw tooLarge }
        if levels.isEmpty { kind = RESPFrame.Kind(rawValue: byte) }
        bulk = Int(length)
    }

    private mutating func takeBulk(_ length: Int) throws(RedisGateError) -> Bool {
        guard buffer.count - position >= length + 2 else { return false }
        let end = position + length
        guard buffer[end] == 13, buffer[end + 1] == 10 else {
            throw .malformed("a text does not end where its length says")
        }
        describe(textElement(position..<end))
        bulk = nil
        position = end + 2
        scanned = position
        complete()
        return true
    }

    private mutating func takeAggregate(_ byte: UInt8, _ line: Range<Int>) throws(RedisGateError) {
        let isAttribute = byte == UInt8(ascii: "|")
        let given = try number(line)
        if given == -1, byte == UInt8(ascii: "*") {
            begin(byte, side == .client ? .aggregate(.array, count: 0) : .null)
            if levels.isEmpty, side == .client { (elements, count) = ([], 0) }
            return complete()
        }
        guard given >= 0 else { throw .malformed("a count is negative") }
        guard byte != UInt8(ascii: ">") || levels.isEmpty else { throw .malformed("a push is a part of a value") }
        // Each part takes 3 bytes at least.
        guard given <= mostBytes / 3 else { throw tooLarge }
        let parts = Int(given) * (isAttribute || byte == UInt8(ascii: "%") ? 2 : 1)
        guard levels.count < Self.mostLevels else { throw .tooMuch("levels", limit: Self.mostLevels) }
        if isAttribute {
            if parts > 0 { levels.append(Level(remaining: parts, isAttribute: true)) }
            return
        }
        let isOutermost = levels.isEmpty
        begin(byte, .aggregate(RESPFrame.Kind(rawValue: byte) ?? .array, count: parts))
        if isOutermost { (elements, count) = ([], parts) }
        if parts > 0 { levels.append(Level(remaining: parts, isAttribute: false)) } else { complete() }
    }

    /// A line of words, as a person types it. Quotes are not read.
    private mutating func takeInline(_ byte: UInt8) throws(RedisGateError) -> Bool {
        // A record of TLS: a handshake, of version 3.
        guard byte != 0x16 else { throw .tls }
        scanned = max(scanned, position)
        while scanned < buffer.count, buffer[scanned] != 10 { scanned += 1 }
        guard scanned - position <= Self.longestLine else { throw .tooMuch("bytes in a line", limit: Self.longestLine) }
        guard scanned < buffer.count else { return false }
        kind = .inline
        count = 0
        var begin = position
        for index in position...scanned {
            guard [9, 10, 13, 32].contains(buffer[index]) else { continue }
            if index > begin {
                count += 1
                if elements.count < Self.mostElements { elements.append(textElement(begin..<index)) }
            }
            begin = index + 1
        }
        position = scanned + 1
        return true
    }

    // MARK: What a value is

    private func textElement(_ range: Range<Int>) -> RESPFrame.Element {
        .text(Array(buffer[range.prefix(Self.longestText)]), count: range.count)
    }

    private func number(_ line: Range<Int>) throws(RedisGateError) -> Int64 {
        // 20 characters are the longest that fits.
        guard line.count <= 20, let value = Int64(String(decoding: buffer[line], as: UTF8.self)) else {
            throw .malformed("\"\(String(decoding: buffer[line.prefix(24)], as: UTF8.self).printable)\" is no number")
        }
        return value
    }

    private mutating func begin(_ byte: UInt8, _ element: RESPFrame.Element) {
        if levels.isEmpty { kind = element == .null ? .null : RESPFrame.Kind(rawValue: byte) }
        describe(element)
    }

    /// Keeps the value itself, or its direct parts.
    private mutating func describe(_ element: RESPFrame.Element) {
        guard levels.count <= 1, levels.first?.isAttribute != true, elements.count < Self.mostElements else { return }
        elements.append(element)
    }

    /// A value is whole. Perhaps that which it is a part of is, too.
    private mutating func complete() {
        while let level = levels.last {
            levels[levels.count - 1].remaining -= 1
            guard level.remaining == 1 else { return }
            levels.removeLast()
            if level.isAttribute { return }
        }
    }
}
