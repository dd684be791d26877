import Foundation

/// Texts that no report may have, such as the password of a Redis: wherever one stands, three stars take its place.
struct HiddenTexts: Sendable {
    /// In every form in which they may be written, longest first.
    private let forms: [String]
    /// Bytes of the longest.
    let longest: Int

    init(_ texts: [String]) {
        let forms = Set(texts.filter { !$0.isEmpty }.flatMap(Self.forms))
        self.forms = forms.sorted { ($0.utf8.count, $0) > ($1.utf8.count, $1) }
        longest = self.forms.first?.utf8.count ?? 0
    }

    /// As it is, in a URL, and in JSON.
    private static func forms(of text: String) -> [String] {
        let escaped = text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? text
        let lenient = text.addingPercentEncoding(withAllowedCharacters: .urlPasswordAllowed) ?? text
        let json = (try? JSONEncoder().encode([text])).map {
            String(decoding: $0.dropFirst(2).dropLast(2), as: UTF8.self)
        }
        let ascii = text.utf16.map { unit in
            let character = Unicode.Scalar(unit)
            switch character {
            case "\""?: return "\\\""
            case "\\"?: return "\\\\"
            case let character? where character.isASCII && unit >= 0x20: return String(character)
            default: return "\\u" + String(0x1_0000 + Int(unit), radix: 16).dropFirst()
            }
        }.joined()
        let percents = [escaped, lenient].flatMap { [$0, Self.lowercased($0)] }
        return [text, ascii] + percents + [json, json?.replacing("\\/", with: "/")].compactMap(\.self)
    }

    /// With the digits of what is escaped by percent signs in lower case.
    private static func lowercased(_ text: String) -> String {
        var digits = 0
        return String(
            text.map { character in
                if character == "%" {
                    digits = 3
                }
                digits -= 1
                return digits >= 0 && digits < 2 ? Character(character.lowercased()) : character
            })
    }

    func hidden(in text: String) -> String {
        forms.reduce(text) { $0.replacingOccurrences(of: $1, with: "***", options: .literal) }
    }

    func hidden(in outcome: AdapterAnswer.Outcome) -> AdapterAnswer.Outcome {
        guard longest > 0 else { return outcome }
        switch outcome {
        case .failed(let why): return .failed(hidden(in: why))
        case .unknown(let why): return .unknown(hidden(in: why))
        case .unsupported(let why): return .unsupported(hidden(in: why))
        case .ok(var result):
            // Values are data and stay as they are.
            guard var description = result.description else { return outcome }
            description.name = hidden(in: description.name)
            description.version = hidden(in: description.version)
            description.promise = description.promise.map { hidden(in: $0) }
            description.layers = description.layers.map { hidden(in: $0) }
            description.unknownOperations = description.unknownOperations.map { hidden(in: $0) }
            result.description = description
            return .ok(result)
        }
    }

    func hidden(in reason: AdapterError.Reason) -> AdapterError.Reason {
        switch reason {
        case .notUnderstood(let what): .notUnderstood(hidden(in: what))
        case .wrongAnswer(let operation, let what): .wrongAnswer(operation, hidden(in: what))
        default: reason
        }
    }
}
