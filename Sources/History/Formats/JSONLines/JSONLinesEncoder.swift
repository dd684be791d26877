/// Writes JSON Lines in the one form that ``JSONLinesParser`` reads back to the same: fields in a fixed order, none
/// that has its default, no blanks.
struct JSONLinesEncoder {
    /// Each as `,"key":"name"`, with escapes, by number.
    private var keys: [[UInt8]] = []
    /// Each as `["name","name"]`; the empty set, number 0, is never written.
    private var tagSets: [[UInt8]] = [[]]

    private let kinds = Self.quoted(Operation.Kind.allCases.map { ($0.rawValue, "\($0)") })
    private let outcomes = Self.quoted(Operation.Outcome.allCases.map { ($0.rawValue, "\($0)") })
    private let scopes = Self.quoted(Operation.Scope.allCases.map { ($0.rawValue, "\($0)") })
    private let layers = Self.quoted(Layer.allCases.map { ($0.rawValue, $0.name) })

    private static func quoted(_ words: [(number: UInt8, name: String)]) -> [[UInt8]] {
        var table = [[UInt8]](repeating: [], count: 1 + Int(words.map(\.number).max() ?? 0))
        for (number, name) in words { table[Int(number)] = string(name) }
        return table
    }

    /// Names a key, and gives the line that declares it.
    mutating func declaration(ofKey name: String) -> [UInt8] {
        let quoted = Self.string(name)
        keys.append(Array(",\"key\":".utf8) + quoted)
        return Array("{\"keys\":[".utf8) + quoted + Array("]}\n".utf8)
    }

    mutating func declaration(ofTagSet tags: [String]) -> [UInt8] {
        let array = Array("[".utf8) + tags.map(Self.string).joined(separator: ",".utf8) + Array("]".utf8)
        tagSets.append(array)
        return Array("{\"tagSets\":[".utf8) + array + Array("]}\n".utf8)
    }

    static func declaration(ofChecks checks: [String]) -> [UInt8] {
        Array("{\"checks\":[".utf8) + checks.map(string).joined(separator: ",".utf8) + Array("]}\n".utf8)
    }

    func encode(_ operation: Operation, into bytes: inout [UInt8]) {
        bytes.append("{")
        if operation.id != 0 {
            bytes.append("\"id\":")
            bytes.append(decimal: operation.id)
            bytes.append(ASCII.comma)
        }
        bytes.append("\"kind\":")
        bytes.append(contentsOf: kinds[Int(operation.kind.rawValue)])
        if operation.key >= 0 { bytes.append(contentsOf: keys[Int(operation.key)]) }
        if operation.tagSet != 0 {
            bytes.append(",\"tags\":")
            bytes.append(contentsOf: tagSets[Int(operation.tagSet)])
        }
        Self.append(",\"version\":", operation.version, unless: 0, &bytes)
        Self.append(",\"value\":", operation.value, unless: 0, &bytes)
        let isComparing = operation.kind == .compareAndSet
        if isComparing && !operation.isAbsent {
            bytes.append(",\"expected\":")
            bytes.append(decimal: operation.expected)
        }
        bytes.append(",\"start\":")
        bytes.append(decimal: operation.start)
        Self.append(",\"end\":", operation.end, unless: Operation.never, &bytes)
        Self.append(",\"instance\":", Int64(operation.instance), unless: 0, &bytes)
        Self.append(",\"worker\":", Int64(operation.worker), unless: -1, &bytes)
        if operation.layer != .origin { append(",\"layer\":", layers[Int(operation.layer.rawValue)], &bytes) }
        if operation.source != .origin { append(",\"source\":", layers[Int(operation.source.rawValue)], &bytes) }
        if operation.scope != .none { append(",\"scope\":", scopes[Int(operation.scope.rawValue)], &bytes) }
        if operation.outcome != OperationRules.usualOutcome(end: operation.end) {
            append(",\"outcome\":", outcomes[Int(operation.outcome.rawValue)], &bytes)
        }
        if !isComparing { Self.append(",\"cause\":", operation.cause, unless: 0, &bytes) }
        if operation.isTombstone { bytes.append(",\"tombstone\":true") }
        if operation.isAbsent { bytes.append(",\"absent\":true") }
        if operation.isRefused { bytes.append(",\"refused\":true") }
        bytes.append("}\n")
    }

    @inline(__always)
    private static func append(_ field: StaticString, _ number: Int64, unless usual: Int64, _ bytes: inout [UInt8]) {
        guard number != usual else { return }
        bytes.append(field)
        bytes.append(decimal: number)
    }

    @inline(__always)
    private func append(_ field: StaticString, _ word: [UInt8], _ bytes: inout [UInt8]) {
        bytes.append(field)
        bytes.append(contentsOf: word)
    }

    /// A string in quotes; escapes only where they must be.
    private static func string(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = [ASCII.quote]
        for byte in text.utf8 {
            switch byte {
            case ASCII.quote, ASCII.backslash: bytes += [ASCII.backslash, byte]
            case ASCII.newline: bytes.append("\\n")
            case ASCII.tab: bytes.append("\\t")
            case ASCII.carriageReturn: bytes.append("\\r")
            case 0..<ASCII.space:
                let digits = Array("0123456789abcdef".utf8)
                bytes.append("\\u00")
                bytes += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            default: bytes.append(byte)
            }
        }
        bytes.append(ASCII.quote)
        return bytes
    }
}
