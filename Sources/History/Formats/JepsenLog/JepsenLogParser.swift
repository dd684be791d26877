/// Reads the log of a Jepsen test of one register, a line at a time: `INFO  jepsen.util - process :type :f value`.
struct JepsenLogParser {
    /// What a line held.
    enum Line {
        case operation(Operation)
        /// An invocation, or the end of an operation that was refused.
        case nothing
        case nemesis
        /// A blank line, or one of another part of Jepsen.
        case comment
    }

    /// How important a line is: the word with which it begins.
    static let levels = ["INFO", "WARN", "ERROR", "DEBUG", "TRACE"]
    /// The part of Jepsen that logs events.
    private static let logger = "jepsen.util"

    var pairing = EDNPairing(.log)

    init() { pairing.clock = .order }

    /// - Parameter number: of the line.
    mutating func parse(_ line: LineCursor, number: Int, _ names: inout HistoryNames) throws(ParseError) -> Line {
        var cursor = line
        cursor.skipBlanks()
        if cursor.isAtEnd { return .comment }
        let text = UnsafeBufferPointer(start: line.first, count: line.end - line.first)
        guard String(validating: text, as: UTF8.self) != nil else {
            throw ParseError(offset: 0, found: "bytes that are not UTF-8", expected: "UTF-8")
        }
        let level = cursor
        guard let word = cursor.token(), Self.levels.contains(where: { word.bytes.elementsEqual($0.utf8) }) else {
            throw level.parseError(expected: "one of \(Self.levels.joined(separator: ", "))")
        }
        if cursor.isAtEnd { return .comment }
        try Self.gap(&cursor, before: "the part of Jepsen, as \(Self.logger)")
        guard let logger = cursor.token(), logger.bytes.elementsEqual(Self.logger.utf8) else { return .comment }
        try Self.gap(&cursor, before: "-")
        guard cursor.skip(ASCII.minus) else { throw cursor.parseError(expected: "-") }
        try Self.gap(&cursor, before: "the process")
        let event = try Self.event(from: cursor, in: text)
        if event.isNemesis { return .nemesis }
        return try pairing.add(event, &names, line: number).map { .operation($0) } ?? .nothing
    }

    private static func gap(_ cursor: inout LineCursor, before next: String) throws(ParseError) {
        guard cursor.skip(ASCII.space) || cursor.skip(ASCII.tab) else {
            throw cursor.parseError(expected: "a blank and \(next)")
        }
        cursor.skipBlanks()
    }

    /// `process :type :f value`, each a form of EDN.
    private static func event(
        from cursor: LineCursor, in line: UnsafeBufferPointer<UInt8>
    ) throws(ParseError) -> EDNEvent {
        do throws(EDNInterruption) {
            var scanner = EDNScanner(line, isComplete: true)
            scanner.next = cursor.next
            var event = EDNEvent(offset: cursor.offset)
            event.process = try scanner.field()
            event.type = try scanner.field()
            event.function = try scanner.field()
            if event.isNemesis { return event }
            try scanner.skipBlanks()
            let offset = scanner.offset
            event.value = (try scanner.form(), offset)
            while try scanner.skipOneBlank() {}
            guard scanner.isAtEnd else { throw scanner.malformed(expected: "the end of the line") }
            return event
        } catch {
            guard case .malformed(var parseError) = error else {
                preconditionFailure("a whole line needs no more")
            }
            if parseError.found == "the end of the file" {
                parseError.found = "the end of the line"
                parseError.expected = "process, :type, :f and value"
            }
            // Only the line is lost.
            parseError.isFinal = false
            throw parseError
        }
    }
}

extension EDNScanner {
    /// The next form, of which only an atom is of use.
    fileprivate mutating func field() throws(EDNInterruption) -> EDNEvent.Field {
        try skipBlanks()
        let offset = offset
        let form = try form()
        if case .atom(let atom) = form { return EDNEvent.Field(atom: atom, offset: offset) }
        return EDNEvent.Field(atom: .other, offset: offset)
    }
}
