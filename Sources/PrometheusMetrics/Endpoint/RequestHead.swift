/// Reads the request line and the header fields of an HTTP/1 request as they arrive.
///
/// It reads each byte once and stores only the request line, because the page needs no header field. It takes at most
/// `limit` bytes.
struct RequestHead: Sendable {
    enum Outcome: Equatable, Sendable {
        case incomplete
        /// - Parameter path: the path of the request, without the query.
        case complete(method: String, path: String)
        case malformed
        case tooLarge
    }

    private let limit: Int
    private var count = 0
    private var requestLine: [UInt8] = []
    private var isInRequestLine = true
    /// Only CR bytes followed the last LF.
    private var isAtLineStart = true

    init(limit: Int) { self.limit = limit }

    /// - Returns: the outcome once it is known. The reader ignores the bytes after it.
    mutating func add(_ bytes: some Sequence<UInt8>) -> Outcome {
        for byte in bytes {
            count += 1
            guard count <= limit else { return .tooLarge }
            if byte == UInt8(ascii: "\n") {
                if isInRequestLine {
                    isInRequestLine = false
                } else if isAtLineStart {
                    return parsed
                }
                isAtLineStart = true
            } else {
                if isInRequestLine { requestLine.append(byte) }
                if byte != UInt8(ascii: "\r") { isAtLineStart = false }
            }
        }
        return .incomplete
    }

    /// Parses `METHOD SP TARGET SP HTTP/1.x [CR]`, RFC 9112 section 3.
    private var parsed: Outcome {
        var line = requestLine[...]
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        let words = line.split(separator: UInt8(ascii: " "), maxSplits: 3, omittingEmptySubsequences: false)
        guard words.count == 3, words.allSatisfy({ !$0.isEmpty && $0.allSatisfy { (0x21...0x7e).contains($0) } }),
            words[2].count == 8, words[2].starts(with: "HTTP/1.".utf8), (0x30...0x39).contains(words[2].last ?? 0)
        else { return .malformed }
        let path = words[1].prefix { $0 != UInt8(ascii: "?") }
        return .complete(method: String(decoding: words[0], as: UTF8.self), path: String(decoding: path, as: UTF8.self))
    }
}
