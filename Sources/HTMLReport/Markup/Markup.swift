import History

/// A piece of HTML in which nothing stands but what this package wrote.
///
/// What a literal says is markup. Whatever is interpolated is text: made printable, cut short if it is very long, and
/// escaped, so that it can stand between tags and in a quoted attribute. Only other markup goes in as it is.
struct Markup: Sendable, Hashable, ExpressibleByStringInterpolation {
    private(set) var text: String

    init(stringLiteral value: String) { text = value }
    init(stringInterpolation: StringInterpolation) { text = stringInterpolation.text }

    /// Pieces one after the other, each on a line of its own.
    init(_ pieces: [Markup]) { text = pieces.lazy.map(\.text).joined(separator: "\n") }

    /// In bytes.
    var size: Int { text.utf8.count }

    var isEmpty: Bool { text.isEmpty }

    static func + (left: Markup, right: Markup) -> Markup {
        var sum = left
        sum.text += right.text
        return sum
    }

    static func += (left: inout Markup, right: Markup) { left.text += right.text }

    struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity * 2) }

        mutating func appendLiteral(_ literal: String) { text += literal }
        mutating func appendInterpolation(_ markup: Markup) { text += markup.text }
        mutating func appendInterpolation(_ pieces: [Markup]) {
            text += pieces.lazy.map(\.text).joined(separator: "\n")
        }
        mutating func appendInterpolation(_ outside: String) { text += HTMLText.escaped(outside) }
        mutating func appendInterpolation(_ number: Int) { text += String(number) }
        /// A coordinate, to a tenth.
        mutating func appendInterpolation(_ number: Double) {
            let tenths = number.isFinite ? Int((Swift.min(Swift.max(number, -1e9), 1e9) * 10).rounded()) : 0
            let sign = tenths < 0 ? "-" : ""
            text += "\(sign)\(tenths.magnitude / 10)" + (tenths % 10 == 0 ? "" : ".\(tenths.magnitude % 10)")
        }
    }
}

/// Text from outside in HTML.
enum HTMLText {
    /// No single text takes more of a page.
    static let longest = 4_000

    /// Printable, no longer than ``longest`` characters, and without a character that HTML gives a meaning to.
    static func escaped(_ text: String) -> String {
        var result = ""
        result.reserveCapacity(text.utf8.count)
        for scalar in cut(text.printableBeginning(longest), at: longest).unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// The text, or its beginning with a sign that there is more.
    static func cut(_ text: String, at length: Int) -> String {
        // Bytes are counted at once, and are no fewer than scalars.
        guard text.utf8.count > length, text.unicodeScalars.count > length else { return text }
        return String(text.unicodeScalars.prefix(length)) + "…"
    }
}

extension String {
    /// What is printable of the beginning: what is cut away need not be looked at.
    fileprivate func printableBeginning(_ length: Int) -> String {
        HTMLText.cut(self, at: length).printable
    }
}
