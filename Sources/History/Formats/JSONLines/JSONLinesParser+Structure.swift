/// Objects and the header.
extension JSONLinesParser {
    /// Steps into the next member, behind the `"` that opens its name.
    /// - Returns: `false` behind the `}` that closes the object.
    @inline(__always)
    static func nextMember(_ cursor: inout LineCursor, isFirst: Bool) throws(ParseError) -> Bool {
        cursor.skipBlanks()
        if cursor.skip(ASCII.closingBrace) { return false }
        if !isFirst {
            guard cursor.skip(ASCII.comma) else { throw cursor.parseError(expected: "\",\" or \"}\"") }
            cursor.skipBlanks()
        }
        guard cursor.skip(ASCII.quote) else { throw cursor.parseError(expected: "the name of a field, in quotes") }
        return true
    }

    @inline(__always)
    static func colon(_ cursor: inout LineCursor) throws(ParseError) {
        cursor.skipBlanks()
        guard cursor.skip(ASCII.colon) else { throw cursor.parseError(expected: "\":\"") }
        cursor.skipBlanks()
    }

    static func close(_ cursor: inout LineCursor) throws(ParseError) {
        cursor.skipBlanks()
        guard cursor.skip(ASCII.closingBrace) else { throw cursor.parseError(expected: "\"}\"") }
        try end(cursor)
    }

    @inline(__always)
    static func end(_ cursor: LineCursor) throws(ParseError) {
        var cursor = cursor
        cursor.skipBlanks()
        guard cursor.isAtEnd else { throw cursor.parseError(expected: "the end of the line") }
    }

    /// The header decides how the rest of the file is read, so any error in it is final.
    func parseHeader(_ cursor: inout LineCursor) throws(ParseError) {
        do throws(ParseError) {
            try parseHeaderMembers(&cursor)
        } catch {
            var final = error
            final.isFinal = true
            throw final
        }
    }

    private static var withoutHeader: ParseError {
        ParseError(
            offset: 0, subject: "header", found: "a file that does not begin with one",
            expected: "\(JSONLinesHeader.line) in a line before the operations")
    }

    private func parseHeaderMembers(_ cursor: inout LineCursor) throws(ParseError) {
        let fields = WordTable(JSONLinesHeader.Field.allCases, word: \.name)
        var seen: Set<JSONLinesHeader.Field> = []
        while try Self.nextMember(&cursor, isFirst: seen.isEmpty) {
            let place = cursor
            guard let word = cursor.quotedWord(), let field = fields[word] else {
                let unknown = ParseError(unknownIn: place, subject: "header", among: fields.words)
                // The first line is an operation, or the file has another form.
                throw seen.isEmpty && unknown.suggestion == nil ? Self.withoutHeader : unknown
            }
            guard seen.insert(field).inserted else { throw place.parseError(field.name, expected: "each field once") }
            try Self.colon(&cursor)
            let start = cursor
            switch field {
            case .format:
                let format = "\"\(JSONLinesHeader.format)\""
                guard format.utf8.allSatisfy({ cursor.skip($0) }) else {
                    throw start.parseError("format", expected: format)
                }
            case .version:
                guard let version = cursor.integer(), (1...JSONLinesHeader.version).contains(version) else {
                    throw start.parseError(
                        "version", expected: "\(JSONLinesHeader.version), the newest version that is known here")
                }
            }
        }
        try Self.end(cursor)
        if seen.isEmpty { throw Self.withoutHeader }
        for field in JSONLinesHeader.Field.allCases where !seen.contains(field) {
            throw ParseError(
                offset: 0, subject: field.name, found: "a header without it",
                expected: "the header \(JSONLinesHeader.line)")
        }
    }
}
