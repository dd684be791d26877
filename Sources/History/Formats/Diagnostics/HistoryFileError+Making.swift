#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension HistoryFileError {
    /// - Parameters:
    ///   - text: what the parseError's offset is counted in.
    ///   - line: the line in which the text begins.
    ///   - columnsBefore: Unicode scalars of that line before the text.
    init(
        _ parseError: ParseError, in text: UnsafeBufferPointer<UInt8>, file: String, line: Int, columnsBefore: Int
    ) {
        let before = UnsafeBufferPointer(rebasing: text.prefix(parseError.offset))
        let newlines = ByteCount.newlines(before[...])
        let column = ByteCount.scalarsOfLastLine(before) + (newlines == 0 ? columnsBefore : 0) + 1
        self.init(
            file: file, line: line + newlines, column: column, subject: parseError.subject, found: parseError.found,
            expected: parseError.expected, suggestion: parseError.suggestion, isFinal: parseError.isFinal)
    }

    /// A failure of the system.
    init(file: String, line: Int = 1, system number: Int32, expected: String) {
        self.init(file: file, line: line, found: String(cString: strerror(number)), expected: expected, isFinal: true)
    }

    init(file: String, line: Int, _ failure: ChunkedInput.Failure) {
        switch failure {
        case .system(let number):
            self.init(file: file, line: line, system: number, expected: "a file that can be read")
        case .timeSpent:
            self.init(
                file: file, line: line, found: "nothing more within the time allowed",
                expected: "the rest of the history",
                isFinal: true)
        case .tooLong:
            self.init(
                file: file, line: line, found: "a line or a form of more than \(ChunkedInput.maximumTextLength) bytes",
                expected: "at most that many", isFinal: true)
        }
    }
}
