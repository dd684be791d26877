/// Reads register text, a line at a time: `id client key r|w value call return`.
struct RegisterTextParser {
    /// The fields in their order.
    static let header = "# id client key operation value call return"
    static let clients: ClosedRange<Int64> = 0...Int64(Int32.max)

    private var identifiers = IdentifierSet()
    private var written = WrittenValues()

    /// - Returns: `nil` for a blank line or a comment.
    mutating func parse(
        _ line: LineCursor, number: Int, _ names: inout HistoryNames
    ) throws(Malformation) -> Operation? {
        var cursor = line
        cursor.skipBlanks()
        if cursor.isAtEnd { return nil }
        if cursor.byte == ASCII.numberSign {
            try Self.checkComment(cursor)
            return nil
        }
        let place = cursor
        let id = try cursor.integer("id", in: OperationRules.identifiers)
        guard identifiers.insert(id) else { throw place.malformation("id", expected: "an id that no earlier line has") }
        try Self.gap(&cursor, before: "the client")
        let client = try cursor.integer("client", in: Self.clients)
        try Self.gap(&cursor, before: "the key")
        let key = try Self.key(&cursor, &names)
        try Self.gap(&cursor, before: "r or w")
        let isWrite = cursor.byte == UInt8(ascii: "w")
        guard cursor.skip(isWrite ? UInt8(ascii: "w") : UInt8(ascii: "r")) else {
            throw cursor.malformation("operation", expected: "r or w")
        }
        try Self.gap(&cursor, before: "the value, after r or w")
        let valuePlace = cursor
        let value = try cursor.integer("value", in: OperationRules.values)
        try Self.gap(&cursor, before: "the call")
        let start = try cursor.integer("call", in: OperationRules.starts)
        try Self.gap(&cursor, before: "the return")
        let endPlace = cursor
        let end = try Self.end(&cursor)
        cursor.skipBlanks()
        guard cursor.isAtEnd else { throw cursor.malformation(expected: "the end of the line after seven fields") }
        guard end >= start else { throw endPlace.malformation("return", expected: "at least the call, \(start)") }
        if isWrite {
            try checkWritten(value, key, number, valuePlace)
        } else if end == Operation.never && value != 0 {
            throw valuePlace.malformation("value", expected: "0, as the read never returned")
        }
        return Operation(
            id: id, kind: isWrite ? .write : .read, worker: Int32(truncatingIfNeeded: client), key: key, value: value,
            outcome: OperationRules.usualOutcome(end: end), start: start, end: end)
    }

    @inline(__always)
    private mutating func checkWritten(
        _ value: Int64, _ key: Int32, _ line: Int, _ place: LineCursor
    ) throws(Malformation) {
        guard value != 0 else {
            throw place.malformation("value", expected: "another value than 0, which means never written")
        }
        if let before = written.insert(value, key: key, line: line) {
            throw Malformation(
                offset: place.offset, subject: "value",
                found: "\(value), which line \(before) wrote to this key before",
                expected: "a value of its own for each write of a key")
        }
    }

    @inline(__always)
    private static func gap(_ cursor: inout LineCursor, before next: @autoclosure () -> String) throws(Malformation) {
        guard cursor.skip(ASCII.space) || cursor.skip(ASCII.tab) else {
            throw cursor.malformation(expected: "a space and \(next())")
        }
        cursor.skipBlanks()
    }

    @inline(__always)
    private static func key(_ cursor: inout LineCursor, _ names: inout HistoryNames) throws(Malformation) -> Int32 {
        let place = cursor
        guard let text = cursor.token(), text.count > 0 else { throw place.malformation("key", expected: "a name") }
        do throws(HistoryNames.Problem) {
            return try names.number(ofKey: text)
        } catch {
            throw error.malformation(at: place.offset, subject: "key")
        }
    }

    @inline(__always)
    private static func end(_ cursor: inout LineCursor) throws(Malformation) -> Int64 {
        if let end = cursor.integer() { return end }
        let place = cursor
        guard cursor.skip(ASCII.minus), cursor.byte <= ASCII.space else {
            throw place.malformation("return", expected: "a whole number of 64 bits, or - if it never returned")
        }
        return Operation.never
    }

    private static func checkComment(_ cursor: LineCursor) throws(Malformation) {
        let text = UnsafeBufferPointer(start: cursor.next, count: cursor.end - cursor.next)
        guard String(validating: text, as: UTF8.self) != nil else {
            throw HistoryNames.Problem.invalidUTF8.malformation(at: cursor.offset, subject: "comment")
        }
    }
}
