/// Keys and tags.
extension JSONLinesParser {
    @inline(__always)
    mutating func key(
        _ cursor: inout LineCursor, _ names: inout HistoryNames
    ) throws(ParseError) -> Int32 {
        let place = cursor
        guard cursor.skip(ASCII.quote) else { throw cursor.parseError("key", expected: "a string") }
        do throws(HistoryNames.Problem) {
            if let text = cursor.plainString() { return try names.number(ofKey: text) }
        } catch {
            throw error.parseError(at: place.offset, subject: "key")
        }
        return try escaped(&cursor, "key") { text throws(HistoryNames.Problem) in try names.number(ofKey: text) }
    }

    private mutating func tag(_ cursor: inout LineCursor, _ names: inout HistoryNames, _ subject: String)
        throws(ParseError)
        -> Int32
    {
        let place = cursor
        guard cursor.skip(ASCII.quote) else { throw cursor.parseError(subject, expected: "a string") }
        do throws(HistoryNames.Problem) {
            if let text = cursor.plainString() { return try names.number(ofTag: text) }
        } catch {
            throw error.parseError(at: place.offset, subject: subject)
        }
        return try escaped(&cursor, subject) { text throws(HistoryNames.Problem) in try names.number(ofTag: text) }
    }

    private mutating func escaped(
        _ cursor: inout LineCursor, _ subject: String, _ number: (HashedText) throws(HistoryNames.Problem) -> Int32
    ) throws(ParseError) -> Int32 {
        let offset = cursor.offset
        try cursor.escapedString(subject, into: &unescaped)
        do throws(HistoryNames.Problem) {
            return try unescaped.withUnsafeBufferPointer { bytes throws(HistoryNames.Problem) in
                try number(HashedText(bytes))
            }
        } catch {
            throw error.parseError(at: offset, subject: subject)
        }
    }

    /// An array of strings.
    mutating func tagSet(
        _ cursor: inout LineCursor, _ names: inout HistoryNames, _ subject: String
    ) throws(ParseError) -> Int32 {
        let place = cursor
        tagSequence.removeAll(keepingCapacity: true)
        try elements(&cursor, subject) { parser, cursor throws(ParseError) in
            parser.tagSequence.append(try parser.tag(&cursor, &names, subject))
        }
        do throws(HistoryNames.Problem) {
            return try names.number(ofTagSequence: tagSequence)
        } catch {
            throw error.parseError(at: place.offset, subject: subject)
        }
    }

    /// The array of a line that declares names.
    mutating func declare(
        _ field: JSONLinesField, _ cursor: inout LineCursor, _ names: inout HistoryNames
    ) throws(ParseError) {
        try elements(&cursor, field.name) { parser, cursor throws(ParseError) in
            let place = cursor
            if field == .checks {
                parser.checks.append(try parser.text(&cursor, field.name))
                return
            }
            let count = field == .keys ? names.keys.count : names.tagSets.count
            let number =
                field == .keys
                ? try parser.key(&cursor, &names) : try parser.tagSet(&cursor, &names, field.name)
            guard Int(number) == count else { throw place.parseError(field.name, expected: "each of them once") }
        }
    }

    private mutating func text(_ cursor: inout LineCursor, _ subject: String) throws(ParseError) -> String {
        let place = cursor
        guard cursor.skip(ASCII.quote) else { throw cursor.parseError(subject, expected: "a string") }
        let plain = cursor.plainString().map { String(validating: $0.bytes, as: UTF8.self) }
        if plain == nil { try cursor.escapedString(subject, into: &unescaped) }
        guard let text = plain ?? String(validating: unescaped, as: UTF8.self) else {
            throw place.parseError(subject, expected: "UTF-8")
        }
        return text
    }

    private mutating func elements(
        _ cursor: inout LineCursor, _ subject: String,
        _ element: (inout JSONLinesParser, inout LineCursor) throws(ParseError) -> Void
    ) throws(ParseError) {
        guard cursor.skip(ASCII.openingBracket) else { throw cursor.parseError(subject, expected: "an array, […]") }
        cursor.skipBlanks()
        if cursor.skip(ASCII.closingBracket) { return }
        while true {
            try element(&self, &cursor)
            cursor.skipBlanks()
            if cursor.skip(ASCII.closingBracket) { return }
            guard cursor.skip(ASCII.comma) else { throw cursor.parseError(subject, expected: "\",\" or \"]\"") }
            cursor.skipBlanks()
        }
    }
}
