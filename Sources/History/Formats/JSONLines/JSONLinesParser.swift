/// Reads JSON Lines, a line at a time.
struct JSONLinesParser {
    /// What a line held.
    enum Line {
        case operation(Operation)
        case header
        case names
        case blank
    }

    private let fields = WordTable(JSONLinesField.allCases, word: \.name)
    private let kinds = WordTable(Operation.Kind.allCases) { "\($0)" }
    private let outcomes = WordTable(Operation.Outcome.allCases) { "\($0)" }
    private let scopes = WordTable(Operation.Scope.allCases) { "\($0)" }
    private let layers = WordTable(Layer.allCases, word: \.name)
    private var identifiers = IdentifierSet()
    private var hasHeader = false
    /// Memory for a string with escapes, and for the tags of a line, so that not each line asks for some.
    private var unescaped: [UInt8] = []
    private var tagSequence: [Int32] = []
    /// What the history was recorded to be asked.
    private(set) var checks: [String] = []

    mutating func parse(_ line: LineCursor, _ names: inout HistoryNames) throws(Malformation) -> Line {
        var cursor = line
        cursor.skipBlanks()
        if cursor.isAtEnd { return .blank }
        guard cursor.skip(ASCII.openingBrace) else {
            throw cursor.malformation(expected: hasHeader ? "an object, {…}" : "the header \(JSONLinesHeader.line)",
                isFinal: !hasHeader)
        }
        guard hasHeader else {
            try parseHeader(&cursor)
            hasHeader = true
            return .header
        }
        var operation = Operation(kind: .read, start: 0, end: Operation.never)
        var seen: UInt32 = 0
        while try Self.nextMember(&cursor, isFirst: seen == 0) {
            let place = cursor
            guard let word = cursor.quotedWord(), let field = fields[word] else {
                throw Malformation(unknownIn: place, subject: "", among: fields.words)
            }
            let bit: UInt32 = 1 &<< UInt32(field.rawValue)
            guard seen & bit == 0 else { throw place.malformation(field.name, expected: "each field once") }
            try Self.colon(&cursor)
            if field.isDeclaration {
                guard seen == 0 else { throw place.malformation(field.name, expected: "a line of its own for \(field.name)") }
                try declare(field, &cursor, &names)
                try Self.close(&cursor)
                return .names
            }
            seen |= bit
            try value(of: field, &cursor, &names, &operation)
        }
        try Self.end(cursor)
        try check(&operation, seen, line, names)
        return .operation(operation)
    }

    @inline(__always)
    private func check(
        _ operation: inout Operation, _ seen: UInt32, _ line: LineCursor, _ names: HistoryNames
    ) throws(Malformation) {
        guard seen & Self.required == Self.required else { throw Self.lacksRequired(seen, line) }
        if seen & Self.outcomeBit == 0 { operation.outcome = OperationRules.usualOutcome(end: operation.end) }
        let tags = operation.tagSet == 0 ? 0 : names.tagSets[Int(operation.tagSet)].count
        if let violation = OperationRules.violation(operation, tags: tags) { throw Malformation(violation) }
    }

    private static let required: UInt32 = 1 << JSONLinesField.kind.rawValue | 1 << JSONLinesField.start.rawValue
    private static let outcomeBit: UInt32 = 1 << JSONLinesField.outcome.rawValue

    private static func lacksRequired(_ seen: UInt32, _ line: LineCursor) -> Malformation {
        let isKindMissing = seen & 1 << JSONLinesField.kind.rawValue == 0
        let name = (isKindMissing ? JSONLinesField.kind : .start).name
        return Malformation(offset: 0, subject: name, found: "an operation without it", expected: "\"\(name)\"")
    }

    // MARK: Values

    @inline(__always)
    private mutating func value(
        of field: JSONLinesField, _ cursor: inout LineCursor, _ names: inout HistoryNames, _ operation: inout Operation
    ) throws(Malformation) {
        switch field {
        case .id:
            let place = cursor
            operation.id = try cursor.integer("id", in: OperationRules.identifiers)
            guard identifiers.insert(operation.id) else {
                throw place.malformation("id", expected: "an id that no earlier operation has")
            }
        case .kind: operation.kind = try word(in: kinds, &cursor, "kind")
        case .key: operation.key = try key(&cursor, &names)
        case .tags: operation.tagSet = try tagSet(&cursor, &names, "tags")
        case .version: operation.version = try cursor.integer("version", in: OperationRules.versions)
        case .value: operation.value = try cursor.integer("value", in: OperationRules.values)
        case .start: operation.start = try cursor.integer("start", in: OperationRules.starts)
        case .end: operation.end = try cursor.integer("end", in: OperationRules.ends)
        case .instance:
            operation.instance = Int32(truncatingIfNeeded: try cursor.integer("instance", in: OperationRules.instances))
        case .worker: operation.worker = Int32(truncatingIfNeeded: try cursor.integer("worker", in: OperationRules.workers))
        case .layer: operation.layer = try word(in: layers, &cursor, "layer")
        case .source: operation.source = try word(in: layers, &cursor, "source")
        case .scope: operation.scope = try word(in: scopes, &cursor, "scope")
        case .outcome: operation.outcome = try word(in: outcomes, &cursor, "outcome")
        case .cause: operation.cause = try cursor.integer("cause", in: OperationRules.causes)
        case .tombstone: operation.isTombstone = try boolean(&cursor, "tombstone")
        case .absent: operation.isAbsent = try boolean(&cursor, "absent")
        case .keys, .tagSets, .checks: preconditionFailure("stands alone, and is read by declare")
        }
    }

    @inline(__always)
    private func word<Meaning>(
        in table: WordTable<Meaning>, _ cursor: inout LineCursor, _ subject: @autoclosure () -> String
    ) throws(Malformation) -> Meaning {
        guard cursor.skip(ASCII.quote) else {
            throw cursor.malformation(subject(), expected: "one of " + table.words.joined(separator: ", ") + ", in quotes")
        }
        let place = cursor
        guard let word = cursor.quotedWord(), let meaning = table[word] else {
            throw Malformation(unknownIn: place, subject: subject(), among: table.words)
        }
        return meaning
    }

    private func boolean(_ cursor: inout LineCursor, _ subject: String) throws(Malformation) -> Bool {
        let place = cursor
        for (text, value) in [("true", true), ("false", false)] where text.utf8.allSatisfy({ cursor.skip($0) }) {
            return value
        }
        throw place.malformation(subject, expected: "true or false")
    }
}

extension Malformation {
    /// The quoted word that begins at a cursor is not one of those that may stand there.
    init(unknownIn cursor: LineCursor, subject: String, among words: [String]) {
        var rest = cursor
        var bytes: [UInt8] = []
        while rest.byte != ASCII.quote && rest.byte != ASCII.newline && bytes.count < 60 {
            bytes.append(rest.byte)
            rest.advance()
        }
        self.init(unknown: String(decoding: bytes, as: UTF8.self), at: cursor.offset, subject: subject, among: words)
    }
}

extension JSONLinesParser {
    // MARK: Structure

    /// Steps into the next member, behind the `"` that opens its name.
    /// - Returns: `false` behind the `}` that closes the object.
    @inline(__always)
    private static func nextMember(_ cursor: inout LineCursor, isFirst: Bool) throws(Malformation) -> Bool {
        cursor.skipBlanks()
        if cursor.skip(ASCII.closingBrace) { return false }
        if !isFirst {
            guard cursor.skip(ASCII.comma) else { throw cursor.malformation(expected: "\",\" or \"}\"") }
            cursor.skipBlanks()
        }
        guard cursor.skip(ASCII.quote) else { throw cursor.malformation(expected: "the name of a field, in quotes") }
        return true
    }

    @inline(__always)
    private static func colon(_ cursor: inout LineCursor) throws(Malformation) {
        cursor.skipBlanks()
        guard cursor.skip(ASCII.colon) else { throw cursor.malformation(expected: "\":\"") }
        cursor.skipBlanks()
    }

    private static func close(_ cursor: inout LineCursor) throws(Malformation) {
        cursor.skipBlanks()
        guard cursor.skip(ASCII.closingBrace) else { throw cursor.malformation(expected: "\"}\"") }
        try end(cursor)
    }

    @inline(__always)
    private static func end(_ cursor: LineCursor) throws(Malformation) {
        var cursor = cursor
        cursor.skipBlanks()
        guard cursor.isAtEnd else { throw cursor.malformation(expected: "the end of the line") }
    }

    /// What is in the header decides how everything after it is read, so any mistake in it is final.
    private func parseHeader(_ cursor: inout LineCursor) throws(Malformation) {
        do throws(Malformation) {
            try parseHeaderMembers(&cursor)
        } catch {
            var final = error
            final.isFinal = true
            throw final
        }
    }

    private func parseHeaderMembers(_ cursor: inout LineCursor) throws(Malformation) {
        let fields = WordTable(JSONLinesHeader.Field.allCases, word: \.name)
        var seen: Set<JSONLinesHeader.Field> = []
        while try Self.nextMember(&cursor, isFirst: seen.isEmpty) {
            let place = cursor
            guard let word = cursor.quotedWord(), let field = fields[word] else {
                throw Malformation(unknownIn: place, subject: "header", among: fields.words)
            }
            guard seen.insert(field).inserted else { throw place.malformation(field.name, expected: "each field once") }
            try Self.colon(&cursor)
            let start = cursor
            switch field {
            case .format:
                let format = "\"\(JSONLinesHeader.format)\""
                guard format.utf8.allSatisfy({ cursor.skip($0) }) else { throw start.malformation("format", expected: format) }
            case .version:
                guard let version = cursor.integer(), (1...JSONLinesHeader.version).contains(version) else {
                    throw start.malformation(
                        "version", expected: "\(JSONLinesHeader.version), the newest version that is known here")
                }
            }
        }
        try Self.end(cursor)
        for field in JSONLinesHeader.Field.allCases where !seen.contains(field) {
            throw Malformation(
                offset: 0, subject: field.name, found: "a header without it", expected: "the header \(JSONLinesHeader.line)")
        }
    }

    // MARK: Names

    @inline(__always)
    private mutating func key(
        _ cursor: inout LineCursor, _ names: inout HistoryNames
    ) throws(Malformation) -> Int32 {
        let place = cursor
        guard cursor.skip(ASCII.quote) else { throw cursor.malformation("key", expected: "a string") }
        do throws(HistoryNames.Problem) {
            if let text = cursor.plainString() { return try names.number(ofKey: text) }
        } catch {
            throw error.malformation(at: place.offset, subject: "key")
        }
        return try escaped(&cursor, "key") { text throws(HistoryNames.Problem) in try names.number(ofKey: text) }
    }

    private mutating func tag(_ cursor: inout LineCursor, _ names: inout HistoryNames, _ subject: String) throws(Malformation)
        -> Int32
    {
        let place = cursor
        guard cursor.skip(ASCII.quote) else { throw cursor.malformation(subject, expected: "a string") }
        do throws(HistoryNames.Problem) {
            if let text = cursor.plainString() { return try names.number(ofTag: text) }
        } catch {
            throw error.malformation(at: place.offset, subject: subject)
        }
        return try escaped(&cursor, subject) { text throws(HistoryNames.Problem) in try names.number(ofTag: text) }
    }

    private mutating func text(_ cursor: inout LineCursor, _ subject: String) throws(Malformation) -> String {
        let place = cursor
        guard cursor.skip(ASCII.quote) else { throw cursor.malformation(subject, expected: "a string") }
        let plain = cursor.plainString().map { String(validating: $0.bytes, as: UTF8.self) }
        if plain == nil { try cursor.escapedString(subject, into: &unescaped) }
        guard let text = plain ?? String(validating: unescaped, as: UTF8.self) else {
            throw place.malformation(subject, expected: "UTF-8")
        }
        return text
    }

    private mutating func escaped(
        _ cursor: inout LineCursor, _ subject: String, _ number: (HashedText) throws(HistoryNames.Problem) -> Int32
    ) throws(Malformation) -> Int32 {
        let offset = cursor.offset
        try cursor.escapedString(subject, into: &unescaped)
        do throws(HistoryNames.Problem) {
            return try unescaped.withUnsafeBufferPointer { bytes throws(HistoryNames.Problem) in
                try number(HashedText(bytes))
            }
        } catch {
            throw error.malformation(at: offset, subject: subject)
        }
    }

    /// An array of strings.
    private mutating func tagSet(
        _ cursor: inout LineCursor, _ names: inout HistoryNames, _ subject: String
    ) throws(Malformation) -> Int32 {
        let place = cursor
        tagSequence.removeAll(keepingCapacity: true)
        try elements(&cursor, subject) { parser, cursor throws(Malformation) in
            parser.tagSequence.append(try parser.tag(&cursor, &names, subject))
        }
        do throws(HistoryNames.Problem) {
            return try names.number(ofTagSequence: tagSequence)
        } catch {
            throw error.malformation(at: place.offset, subject: subject)
        }
    }

    /// The array of a line that declares names.
    private mutating func declare(
        _ field: JSONLinesField, _ cursor: inout LineCursor, _ names: inout HistoryNames
    ) throws(Malformation) {
        try elements(&cursor, field.name) { parser, cursor throws(Malformation) in
            let place = cursor
            if field == .checks {
                parser.checks.append(try parser.text(&cursor, field.name))
                return
            }
            let count = field == .keys ? names.keys.count : names.tagSets.count
            let number = field == .keys
                ? try parser.key(&cursor, &names) : try parser.tagSet(&cursor, &names, field.name)
            guard Int(number) == count else { throw place.malformation(field.name, expected: "each of them once") }
        }
    }

    private mutating func elements(
        _ cursor: inout LineCursor, _ subject: String,
        _ element: (inout JSONLinesParser, inout LineCursor) throws(Malformation) -> Void
    ) throws(Malformation) {
        guard cursor.skip(ASCII.openingBracket) else { throw cursor.malformation(subject, expected: "an array, […]") }
        cursor.skipBlanks()
        if cursor.skip(ASCII.closingBracket) { return }
        while true {
            try element(&self, &cursor)
            cursor.skipBlanks()
            if cursor.skip(ASCII.closingBracket) { return }
            guard cursor.skip(ASCII.comma) else { throw cursor.malformation(subject, expected: "\",\" or \"]\"") }
            cursor.skipBlanks()
        }
    }
}
