/// A JSON text, kept byte for byte.
///
/// Nothing in it is interpreted, so nothing is lost: a number stays the digits that are written, a string its escapes.
package struct JSONDocument: Sendable, Hashable, Codable {
    package let bytes: [UInt8]

    /// For bytes that are known to be JSON.
    package init(unchecked bytes: [UInt8]) { self.bytes = bytes }

    /// - Throws: the first error, if the bytes are no JSON. O(n).
    init(_ bytes: [UInt8]) throws(JSONScanner.ParseError) {
        var scanner = JSONScanner(bytes)
        while try scanner.next() {}
        self.bytes = bytes
    }

    /// The members of the object that the text is, each value as it is written; none of another text. O(n).
    package var members: [(name: String, value: [UInt8])] {
        var members: [(name: String, value: [UInt8])] = []
        var scanner = JSONScanner(bytes)
        var start: Int?
        while (try? scanner.next()) == true {
            let first = bytes[scanner.token.lowerBound]
            guard scanner.levels.count == 1, case .object(let name) = scanner.levels[0] else { continue }
            if first == UInt8(ascii: ":"), start == nil {
                start = scanner.token.upperBound
            } else if let begin = start, first != UInt8(ascii: ",") {
                members.append((name, Array(bytes[begin..<scanner.token.upperBound])))
                start = nil
            }
        }
        return members
    }

    /// Where a byte stands: `$.contacts[2].phone`. Of many levels only the outermost and the innermost. O(n).
    package func path(at offset: Int) -> String {
        var scanner = JSONScanner(bytes)
        while scanner.token.upperBound <= offset, (try? scanner.next()) == true {}
        let isOpening = [UInt8(ascii: "{"), UInt8(ascii: "[")].contains(bytes[scanner.token].first)
        // A bracket belongs to the value that it opens, not to that value's first member.
        let steps = scanner.levels.dropLast(isOpening ? 1 : 0).map { level in
            switch level {
            case .object(let name):
                name.isEmpty || !name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
                    ? "[\"\(name)\"]" : ".\(name)"
            case .array(let index): "[\(index)]"
            }
        }
        guard steps.count > 12 else { return "$" + steps.joined() }
        return "$" + steps.prefix(4).joined() + "…(\(steps.count) levels)…" + steps.suffix(4).joined()
    }
}
