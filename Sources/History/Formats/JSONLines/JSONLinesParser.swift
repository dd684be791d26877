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
    var unescaped: [UInt8] = []
    var tagSequence: [Int32] = []
    /// What the history was recorded to be asked.
    var checks: [String] = []

    mutating func parse(_ line: LineCursor, _ names: inout HistoryNames) throws(ParseError) -> Line {
        var cursor = line
        cursor.skipBlanks()
        if cursor.isAtEnd { return .blank }
        guard cursor.skip(ASCII.openingBrace) else {
            throw cursor.parseError(
                expected: hasHeader ? "an object, {…}" : "the header \(JSONLinesHeader.line)",
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
                throw ParseError(unknownIn: place, subject: "", among: fields.words)
            }
            let bit: UInt32 = 1 &<< UInt32(field.rawValue)
            guard seen & bit == 0 else { throw place.parseError(field.name, expected: "each field once") }
            try Self.colon(&cursor)
            if field.isDeclaration {
                guard seen == 0 else {
                    throw place.parseError(field.name, expected: "a line of its own for \(field.name)")
                }
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
    ) throws(ParseError) {
        guard seen & Self.required == Self.required else { throw Self.lacksRequired(seen, line) }
        if seen & Self.outcomeBit == 0 {
            operation.outcome = operation.isRefused ? .failed : OperationRules.usualOutcome(end: operation.end)
        }
        let tags = operation.tagSet == 0 ? 0 : names.tagSets[Int(operation.tagSet)].count
        if let violation = OperationRules.violation(operation, tags: tags) { throw ParseError(violation) }
        if operation.kind == .compareAndSet || seen & Self.comparisonBits != 0 {
            try Self.checkComparison(operation, seen)
        }
    }

    private static let required: UInt32 = 1 << JSONLinesField.kind.rawValue | 1 << JSONLinesField.start.rawValue
    private static let outcomeBit: UInt32 = 1 << JSONLinesField.outcome.rawValue
    private static let expectedBit: UInt32 = 1 << JSONLinesField.expected.rawValue
    private static let comparisonBits: UInt32 = expectedBit | 1 << JSONLinesField.refused.rawValue
    private static let causeBit: UInt32 = 1 << JSONLinesField.cause.rawValue

    /// Fields that only a compare-and-set has, and those that it must have.
    private static func checkComparison(_ operation: Operation, _ seen: UInt32) throws(ParseError) {
        guard operation.kind == .compareAndSet else {
            let isExpecting = seen & expectedBit != 0
            guard isExpecting || !OperationRules.canBeRefused(operation.kind) else { return }
            throw ParseError(
                offset: 0, subject: (isExpecting ? JSONLinesField.expected : .refused).name,
                found: "a \(operation.kind) with it",
                expected: "it only with a compareAndSet" + (isExpecting ? "" : ", read or inspect"))
        }
        guard seen & causeBit == 0 else {
            throw ParseError(
                offset: 0, subject: "cause", found: "a compareAndSet with it", expected: "it only with other kinds")
        }
        guard (seen & expectedBit != 0) != operation.isAbsent else {
            throw ParseError(
                offset: 0, subject: "expected",
                found: operation.isAbsent ? "it and absent" : "a compareAndSet without it",
                expected: "either \"expected\", or \"absent\" if it expected nothing")
        }
    }

    private static func lacksRequired(_ seen: UInt32, _ line: LineCursor) -> ParseError {
        let isKindMissing = seen & 1 << JSONLinesField.kind.rawValue == 0
        let name = (isKindMissing ? JSONLinesField.kind : .start).name
        return ParseError(offset: 0, subject: name, found: "an operation without it", expected: "\"\(name)\"")
    }

    @inline(__always)
    private mutating func value(
        of field: JSONLinesField, _ cursor: inout LineCursor, _ names: inout HistoryNames, _ operation: inout Operation
    ) throws(ParseError) {
        switch field {
        case .id:
            let place = cursor
            operation.id = try integer(&cursor, "id", in: OperationRules.identifiers)
            guard identifiers.insert(operation.id) else {
                throw place.parseError("id", expected: "an id that no earlier operation has")
            }
        case .kind: operation.kind = try word(in: kinds, &cursor, "kind")
        case .key: operation.key = try key(&cursor, &names)
        case .tags: operation.tagSet = try tagSet(&cursor, &names, "tags")
        case .version: operation.version = try integer(&cursor, "version", in: OperationRules.versions)
        case .value: operation.value = try integer(&cursor, "value", in: OperationRules.values)
        case .start: operation.start = try integer(&cursor, "start", in: OperationRules.starts, isTime: true)
        case .end: operation.end = try integer(&cursor, "end", in: OperationRules.ends, isTime: true)
        case .instance:
            operation.instance = Int32(
                truncatingIfNeeded: try integer(&cursor, "instance", in: OperationRules.instances))
        case .worker:
            operation.worker = Int32(truncatingIfNeeded: try integer(&cursor, "worker", in: OperationRules.workers))
        case .layer: operation.layer = try word(in: layers, &cursor, "layer")
        case .source: operation.source = try word(in: layers, &cursor, "source")
        case .scope: operation.scope = try word(in: scopes, &cursor, "scope")
        case .outcome: operation.outcome = try word(in: outcomes, &cursor, "outcome")
        case .cause: operation.cause = try integer(&cursor, "cause", in: OperationRules.causes)
        case .tombstone: operation.isTombstone = try boolean(&cursor, "tombstone")
        case .absent: operation.isAbsent = try boolean(&cursor, "absent")
        case .expected: operation.expected = try integer(&cursor, "expected", in: OperationRules.values)
        case .refused: operation.isRefused = try boolean(&cursor, "refused")
        case .keys, .tagSets, .checks: preconditionFailure("stands alone, and is read by declare")
        }
    }

    /// A whole number within bounds, and nothing that would go on with it.
    @inline(__always)
    private func integer(
        _ cursor: inout LineCursor, _ subject: @autoclosure () -> String, in range: ClosedRange<Int64>,
        isTime: Bool = false
    ) throws(ParseError) -> Int64 {
        let place = cursor
        let value = try cursor.integer(subject(), in: range)
        // Nearly always a comma follows, or the end of the object.
        if cursor.byte != ASCII.comma && cursor.byte != ASCII.closingBrace {
            try cursor.refuseFraction(from: place, subject(), isTime: isTime)
        }
        return value
    }

    @inline(__always)
    private func word<Meaning>(
        in table: WordTable<Meaning>, _ cursor: inout LineCursor, _ subject: @autoclosure () -> String
    ) throws(ParseError) -> Meaning {
        guard cursor.skip(ASCII.quote) else {
            throw cursor.parseError(
                subject(), expected: "one of " + table.words.joined(separator: ", ") + ", in quotes")
        }
        let place = cursor
        guard let word = cursor.quotedWord(), let meaning = table[word] else {
            throw ParseError(unknownIn: place, subject: subject(), among: table.words)
        }
        return meaning
    }

    private func boolean(_ cursor: inout LineCursor, _ subject: String) throws(ParseError) -> Bool {
        let place = cursor
        for (text, value) in [("true", true), ("false", false)] where text.utf8.allSatisfy({ cursor.skip($0) }) {
            return value
        }
        throw place.parseError(subject, expected: "true or false")
    }
}
