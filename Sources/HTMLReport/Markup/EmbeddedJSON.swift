import Foundation

/// Data for the script of a page, in an element that nothing in the data can end.
enum EmbeddedJSON {
    /// A `script` element that is not run.
    ///
    /// `<`, `>` and `&` are written as escapes of JSON, so that no `</script>` and no `<!--` can stand in it, and so
    /// are the two separators that are line ends to JavaScript.
    static func element(_ document: some Encodable, id: String) -> Markup {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let data = (try? encoder.encode(document)) ?? Data("null".utf8)
        return #"<script type="application/json" id="\#(id)">\#(raw(String(decoding: data, as: UTF8.self)))</script>"#
    }

    private static func raw(_ json: String) -> Markup {
        var result = ""
        result.reserveCapacity(json.utf8.count)
        for scalar in json.unicodeScalars {
            switch scalar {
            case "<", ">", "&": result += scalar.escape
            case "\u{2028}", "\u{2029}": result += scalar.escape
            default: result.unicodeScalars.append(scalar)
            }
        }
        return Markup(stringLiteral: result)
    }
}

extension Unicode.Scalar {
    fileprivate var escape: String {
        let digits = String(value, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
}
