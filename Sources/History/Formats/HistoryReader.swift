#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Reads a recorded history, operation by operation, from a file, a pipe or standard input.
///
/// ```swift
/// var reader = try HistoryReader(path: "history.jsonl")
/// while let operation = try reader.next() { … }
/// ```
///
/// Memory does not grow with the text: one buffer of 1.3 MB, plus the names of keys and tags, and about a byte for each
/// of consecutive ids. EDN and logs also keep what has been invoked and has not ended.
///
/// What a reader delivers keeps the rules of `Documentation/HistoryFormats.md`; it need not be sorted.
public struct HistoryReader: ~Copyable {
    /// The path, or the name that was given to the descriptor.
    public let file: String
    /// The format that was asked for, or found.
    public let format: HistoryFormat
    /// What was met so far.
    public private(set) var counts = HistoryCounts()

    private var input: ChunkedInput
    private var names = HistoryNames()
    private var jsonLines = JSONLinesParser()
    private var registerText = RegisterTextParser()
    private var edn = EDNParser()
    private var log = JepsenLogParser()
    private var isFinished = false
    /// Scalars of the line at hand that were consumed before what the input now shows. Only EDN has several forms a
    /// line.
    private var columnsBefore = 0

    /// Opens a file.
    /// - Parameters:
    ///   - format: `nil`: the reader detects it from the first bytes of the file.
    ///   - deadline: when waiting for the file to be written to ends, with a final error. `nil`: never.
    /// - Throws: a final error if it cannot be opened or read, is empty, or is in no known format.
    public init(
        path: String, format: HistoryFormat? = nil, deadline: ContinuousClock.Instant? = nil
    ) throws(HistoryFileError) {
        // A pipe without a writer would keep the call from returning; whether there is something to read is asked
        // later, and for no longer than until the deadline.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | (deadline == nil ? 0 : O_NONBLOCK))
        guard descriptor >= 0 else {
            throw HistoryFileError(file: path, system: errno, expected: "a file that can be read")
        }
        let input = ChunkedInput(descriptor: descriptor, closesDescriptor: true, deadline: deadline)
        try self.init(input, name: path, format: format)
    }

    /// Reads from an open descriptor, which stays open.
    /// - Parameters:
    ///   - name: stands for the path in errors, as `standard input`.
    ///   - deadline: when waiting for more ends, with a final error. `nil`: never.
    public init(
        descriptor: Int32, name: String, format: HistoryFormat? = nil, deadline: ContinuousClock.Instant? = nil
    ) throws(HistoryFileError) {
        let input = ChunkedInput(descriptor: descriptor, closesDescriptor: false, deadline: deadline)
        try self.init(input, name: name, format: format)
    }

    private init(_ opened: consuming ChunkedInput, name: String, format: HistoryFormat?) throws(HistoryFileError) {
        var input = opened
        let detected: HistoryFormat?
        do throws(ChunkedInput.Failure) {
            detected = try Self.detectFormat(&input)
        } catch {
            throw HistoryFileError(file: name, line: 1, error)
        }
        guard input.window.contains(where: { $0 > ASCII.space }) else {
            throw HistoryFileError(file: name, found: "nothing but blanks", expected: "a history", isFinal: true)
        }
        guard let known = format ?? detected else {
            throw HistoryFileError(
                file: name, found: "text that begins like no known format",
                expected:
                    "a header {\"format\":…} (JSON Lines), \"#\" or a number (register text), {:type …} (EDN), or "
                    + "INFO (the log of a Jepsen test)",
                isFinal: true)
        }
        file = name
        self.format = known
        self.input = input
    }

    /// Reads until something other than blanks is there, and a few bytes more.
    private static func detectFormat(_ input: inout ChunkedInput) throws(ChunkedInput.Failure) -> HistoryFormat? {
        let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
        while !input.isAtEnd && input.window.count < byteOrderMark.count { try input.fill() }
        if input.window.starts(with: byteOrderMark) { input.consume(byteOrderMark.count) }
        while true {
            let window = input.window
            if let first = window.firstIndex(where: { $0 > ASCII.space }), input.isAtEnd || window.count - first > 16 {
                return HistoryFormat.detected(in: UnsafeBufferPointer(rebasing: window[first...]))
            }
            if input.isAtEnd { return nil }
            try input.fill()
        }
    }

    /// The names of the keys met so far; an operation's `key` is an index into them. They only grow. O(1).
    public var keys: [String] { names.keys }
    /// The sets of tags met so far; the first is the empty one. O(1).
    public var tagSets: [[String]] { names.tagSets }

    /// What the file says that it was recorded to be asked, as far as it has been read: checks as scenarios name them.
    public var checks: [String] { jsonLines.checks }

    /// The next operation; `nil` at the end. EDN delivers an operation when it ends, and at the end of the file those
    /// that did not.
    ///
    /// An id is 0 if the file gives none.
    /// - Throws: what is wrong with a line. Unless the error is final, the next call goes on behind it.
    public mutating func next() throws(HistoryFileError) -> Operation? {
        if isFinished { return nil }
        do throws(HistoryFileError) {
            let operation = format == .edn ? try nextOfEvents() : try nextOfLines()
            if operation != nil { counts.operations += 1 } else { isFinished = true }
            return operation
        } catch {
            counts.malformed += 1
            isFinished = error.isFinal
            throw error
        }
    }

    private mutating func nextOfLines() throws(HistoryFileError) -> Operation? {
        while true {
            let line: LineCursor
            do throws(ChunkedInput.Failure) {
                guard let found = try input.nextLine() else { return log.pairing.nextLeftOver() }
                line = found
            } catch {
                throw HistoryFileError(file: file, line: counts.lines + 1, error)
            }
            counts.lines += 1
            do throws(ParseError) {
                if format == .registerText {
                    if let operation = try registerText.parse(line, &names) { return operation }
                    counts.blankLines += 1
                    continue
                }
                if format == .jepsenLog {
                    switch try log.parse(line, number: counts.lines, &names) {
                    case .operation(let operation): return operation
                    case .nothing: break
                    case .nemesis: counts.nemesisEvents += 1
                    case .comment: counts.blankLines += 1
                    }
                    continue
                }
                switch try jsonLines.parse(line, &names) {
                case .operation(let operation): return operation
                case .header, .names: counts.declarations += 1
                case .blank: counts.blankLines += 1
                }
            } catch {
                let text = UnsafeBufferPointer(start: line.first, count: line.end - line.first)
                throw HistoryFileError(error, in: text, file: file, line: counts.lines, columnsBefore: 0)
            }
        }
    }

    private mutating func nextOfEvents() throws(HistoryFileError) -> Operation? {
        while true {
            let window = input.window
            var scanner = EDNScanner(window, isComplete: input.isAtEnd)
            let line = counts.lines + 1
            let step: EDNParser.Step
            do throws(EDNInterruption) {
                step = try edn.step(&scanner, &names) { line + ByteCount.newlines(window.prefix($0)) }
                pass(scanner)
            } catch {
                switch error {
                case .needsMore:
                    pass(scanner)
                    try fillForEvents()
                    continue
                case .malformed(let parseError):
                    let error = HistoryFileError(
                        parseError, in: window, file: file, line: line, columnsBefore: columnsBefore)
                    pass(scanner)
                    throw error
                }
            }
            switch step {
            case .operation(let operation): return operation
            case .nemesis: counts.nemesisEvents += 1
            case .blank, .nothing: break
            case .end:
                if columnsBefore > 0 { counts.lines += 1 }
                columnsBefore = 0
                return edn.pairing.nextLeftOver()
            }
        }
    }

    private mutating func fillForEvents() throws(HistoryFileError) {
        do throws(ChunkedInput.Failure) {
            try input.fill()
        } catch {
            throw HistoryFileError(file: file, line: counts.lines + 1, error)
        }
    }

    /// Consumes what a scanner is done with.
    private mutating func pass(_ scanner: EDNScanner) {
        let text = UnsafeBufferPointer(start: scanner.first, count: scanner.offset)
        let newlines = ByteCount.newlines(text[...])
        counts.lines += newlines
        columnsBefore = newlines == 0 ? columnsBefore + ByteCount.scalars(text) : ByteCount.scalarsOfLastLine(text)
        input.consume(text.count)
    }
}
