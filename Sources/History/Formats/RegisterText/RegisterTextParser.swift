/// Reads register text, a line at a time: `id client key r|w value call return`, or `cas expected new` in place of `r
/// value`.
struct RegisterTextParser {
    /// The fields in their order.
    static let header = "# id client key operation value call return"
    static let clients: ClosedRange<Int64> = 0...Int64(Int32.max)
    /// An operation with the id 0 is numbered after the others, as one without an id is.
    static let identifiers: ClosedRange<Int64> = 0...OperationRules.identifiers.upperBound

    private var identifiers = IdentifierSet()

    /// - Returns: `nil` for a blank line or a comment.
    mutating func parse(_ line: LineCursor, _ names: inout HistoryNames) throws(ParseError) -> Operation? {
        var cursor = line
        cursor.skipBlanks()
        if cursor.isAtEnd { return nil }
        if cursor.byte == ASCII.numberSign {
            try Self.checkComment(cursor)
            return nil
        }
        let place = cursor
        let id = try cursor.integer("id", in: Self.identifiers)
        guard identifiers.insert(id) else { throw place.parseError("id", expected: "an id that no earlier line has") }
        try Self.gap(&cursor, before: "the client")
        let client = try cursor.integer("client", in: Self.clients)
        try Self.gap(&cursor, before: "the key")
        let key = try Self.key(&cursor, &names)
        try Self.gap(&cursor, before: "r, w or cas")
        let kind = try Self.kind(&cursor)
        try Self.gap(&cursor, before: "the value, after r or w")
        var expected: Int64 = 0
        if kind == .compareAndSet {
            expected = try cursor.integer("expected", in: OperationRules.values)
            try Self.gap(&cursor, before: "the new value, after the expected one")
        }
        let valuePlace = cursor
        let value = try cursor.integer("value", in: OperationRules.values)
        try Self.gap(&cursor, before: "the call")
        let callPlace = cursor
        let start = try cursor.integer("call", in: OperationRules.starts)
        if cursor.byte > ASCII.space { try cursor.refuseFraction(from: callPlace, "call", isTime: true) }
        try Self.gap(&cursor, before: "the return")
        let endPlace = cursor
        let end = try Self.end(&cursor)
        if cursor.byte > ASCII.space { try cursor.refuseFraction(from: endPlace, "return", isTime: true) }
        cursor.skipBlanks()
        guard cursor.isAtEnd else {
            let count = kind == .compareAndSet ? "eight" : "seven"
            throw cursor.parseError(expected: "the end of the line after \(count) fields")
        }
        guard end >= start else { throw endPlace.parseError("return", expected: "at least the call, \(start)") }
        if kind == .read && end == Operation.never && value != 0 {
            throw valuePlace.parseError("value", expected: "0, as the read never returned")
        }
        return Operation(
            id: id, kind: kind, worker: Int32(truncatingIfNeeded: client), key: key, value: value,
            outcome: OperationRules.usualOutcome(end: end), start: start, end: end, cause: expected)
    }

    /// `r`, `w` or `cas`, up to the blank after it.
    @inline(__always)
    private static func kind(_ cursor: inout LineCursor) throws(ParseError) -> Operation.Kind {
        if cursor.skip(UInt8(ascii: "r")) { return .read }
        if cursor.skip(UInt8(ascii: "w")) { return .write }
        let place = cursor
        guard "cas".utf8.allSatisfy({ cursor.skip($0) }) else {
            throw place.parseError("operation", expected: "r, w or cas")
        }
        return .compareAndSet
    }

    @inline(__always)
    private static func gap(_ cursor: inout LineCursor, before next: @autoclosure () -> String) throws(ParseError) {
        guard cursor.skip(ASCII.space) || cursor.skip(ASCII.tab) else {
            throw cursor.parseError(expected: "a space and \(next())")
        }
        cursor.skipBlanks()
    }

    @inline(__always)
    private static func key(_ cursor: inout LineCursor, _ names: inout HistoryNames) throws(ParseError) -> Int32 {
        let place = cursor
        guard let text = cursor.token(), text.count > 0 else { throw place.parseError("key", expected: "a name") }
        do throws(HistoryNames.Problem) {
            return try names.number(ofKey: text)
        } catch {
            throw error.parseError(at: place.offset, subject: "key")
        }
    }

    @inline(__always)
    private static func end(_ cursor: inout LineCursor) throws(ParseError) -> Int64 {
        if let end = cursor.integer() { return end }
        let place = cursor
        guard cursor.skip(ASCII.minus), cursor.byte <= ASCII.space else {
            throw place.parseError("return", expected: "a whole number of 64 bits, or - if it never returned")
        }
        return Operation.never
    }

    private static func checkComment(_ cursor: LineCursor) throws(ParseError) {
        let text = UnsafeBufferPointer(start: cursor.next, count: cursor.end - cursor.next)
        guard String(validating: text, as: UTF8.self) != nil else {
            throw HistoryNames.Problem.invalidUTF8.parseError(at: cursor.offset, subject: "comment")
        }
    }
}
