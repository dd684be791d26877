#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Writes a history, operation by operation, to a file or a pipe. Nothing is certain to be written before ``finish()``
/// returns.
///
/// What it writes, ``HistoryReader`` reads back to the same operations. An operation that would not be is an error.
public struct HistoryWriter: ~Copyable {
    /// The path, or the name that was given to the descriptor.
    public let file: String
    /// The format of what is written.
    public let format: HistoryFormat

    private var output: BufferedOutput
    private var jsonLines = JSONLinesEncoder()
    private var registerText = RegisterTextEncoder()
    private var keyCount = 0
    private var tagCounts = [0]
    private var identifiers = IdentifierSet()
    private var known = ByteTable()
    private var lines = 1

    /// Creates a file, or empties the one that is there, and writes the header.
    public init(path: String, format: HistoryFormat = .jsonLines) throws(HistoryFileError) {
        // Asked before the file is emptied.
        _ = try Self.header(of: format, file: path)
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw HistoryFileError(file: path, system: errno, expected: "a file that can be written")
        }
        try self.init(BufferedOutput(descriptor: descriptor, closesDescriptor: true), path, format)
    }

    /// Writes to an open descriptor, which stays open.
    /// - Parameter name: stands for the path in errors, as `standard output`.
    public init(descriptor: Int32, name: String, format: HistoryFormat = .jsonLines) throws(HistoryFileError) {
        try self.init(BufferedOutput(descriptor: descriptor, closesDescriptor: false), name, format)
    }

    private init(_ opened: consuming BufferedOutput, _ name: String, _ format: HistoryFormat) throws(HistoryFileError) {
        output = opened
        file = name
        self.format = format
        let header = try Self.header(of: format, file: name)
        try append { $0.append(contentsOf: "\(header)\n".utf8) }
    }

    private static func header(of format: HistoryFormat, file: String) throws(HistoryFileError) -> String {
        switch format {
        case .jsonLines: return JSONLinesHeader.line
        case .registerText: return RegisterTextParser.header
        case .edn, .jepsenLog:
            throw HistoryFileError(
                file: file, found: "the format \(format.rawValue)",
                expected: "json-lines or register-text, as it is only read", isFinal: true)
        }
    }

    /// Writes a whole history.
    public mutating func write(_ history: History) throws(HistoryFileError) {
        for key in history.keys { try add(key: key) }
        for tags in history.tagSets.dropFirst() { try add(tagSet: tags) }
        for operation in history.operations { try write(operation) }
    }

    /// Gives the next number to a key: 0 to the first. Operations may then refer to it.
    public mutating func add(key name: String) throws(HistoryFileError) {
        var copy = name
        let isNew = copy.withUTF8 { bytes in
            let text = HashedText(bytes)
            guard known.number(of: text) == nil else { return false }
            _ = known.add(text)
            return true
        }
        guard isNew else {
            throw refusal("key", found: "\"\(name)\", which was added before", expected: "each key once")
        }
        keyCount += 1
        if format == .registerText {
            guard registerText.add(key: name) else {
                throw refusal("key", found: "\"\(name)\"", expected: "one word, as register text has no other keys")
            }
            return
        }
        try declare(jsonLines.declaration(ofKey: name))
    }

    /// Gives the next number to a set of tags: 1 to the first, as 0 is the empty one.
    public mutating func add(tagSet tags: [String]) throws(HistoryFileError) {
        tagCounts.append(tags.count)
        if format == .jsonLines { try declare(jsonLines.declaration(ofTagSet: tags)) }
    }

    /// Writes which checks the history was recorded for. Register text cannot hold that.
    public mutating func declare(checks: [String]) throws(HistoryFileError) {
        if format == .jsonLines && !checks.isEmpty { try declare(JSONLinesEncoder.declaration(ofChecks: checks)) }
    }

    /// Writes an operation.
    /// - Throws: a rule that it breaks, what the format cannot express, or a failure of the system.
    public mutating func write(_ operation: Operation) throws(HistoryFileError) {
        guard operation.key < keyCount, operation.key >= -1, operation.tagSet >= 0, operation.tagSet < tagCounts.count
        else {
            throw refusal(
                "operation \(operation.id)", found: "key \(operation.key), tag set \(operation.tagSet)",
                expected: "numbers of names that were added")
        }
        let isRegister = format == .registerText
        if let violation = OperationRules.violation(ofAny: operation, tags: tagCounts[Int(operation.tagSet)])
            ?? (isRegister ? registerText.violation(operation) : nil)
        {
            throw refusal(
                "operation \(operation.id): \(violation.subject)", found: violation.found, expected: violation.expected)
        }
        guard operation.id == 0 || identifiers.insert(operation.id) else {
            throw refusal("operation \(operation.id)", found: "an id that another operation has", expected: "its own")
        }
        if isRegister {
            try append { [registerText] in registerText.encode(operation, into: &$0) }
        } else {
            try append { [jsonLines] in jsonLines.encode(operation, into: &$0) }
        }
        lines += 1
    }

    /// Hands over everything, and closes the file. Without it the end of the history is missing.
    public mutating func finish() throws(HistoryFileError) {
        do throws(BufferedOutput.Failure) {
            try output.finish()
        } catch {
            throw failure(error)
        }
    }

    private mutating func declare(_ line: [UInt8]) throws(HistoryFileError) {
        // An operation names one key and one set of tags, and needs less than a kilobyte for the rest.
        guard line.count <= (ChunkedInput.maximumTextLength - 1_000) / 2 else {
            throw refusal(
                "names", found: "\(line.count) bytes", expected: "at most 499500, so that lines can be read again")
        }
        try append { $0.append(contentsOf: line) }
        lines += 1
    }

    @inline(__always)
    private mutating func append(_ body: (inout [UInt8]) -> Void) throws(HistoryFileError) {
        do throws(BufferedOutput.Failure) {
            try output.append(body)
        } catch {
            throw failure(error)
        }
    }

    private func refusal(_ subject: String, found: String, expected: String) -> HistoryFileError {
        HistoryFileError(file: file, line: lines + 1, subject: subject, found: found, expected: expected, isFinal: true)
    }

    private func failure(_ failure: BufferedOutput.Failure) -> HistoryFileError {
        HistoryFileError(file: file, line: lines, system: failure.number, expected: "room for the history")
    }
}
