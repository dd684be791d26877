import Configuration
import History
import Support

/// Reads settings from several sources and collects errors. The first source with a value counts.
struct SettingsReader {
    private let sources: [any ConfigProvider]
    private(set) var mistakes: [ProviderSettingsError.Mistake] = []

    /// A value as it was written, and its name in the source.
    private struct Found {
        let variable: String
        let text: String
    }

    /// - Parameter sources: the sources, the most important first.
    init(_ sources: [any ConfigProvider]) { self.sources = sources }

    private func find(_ name: String) -> Found? {
        let key = AbsoluteConfigKey([name])
        for source in sources {
            // A file may contain true, 60 or "60". Arguments and environment variables contain text.
            for type in [ConfigType.string, .int, .bool, .double] {
                guard let result = try? source.value(forKey: key, type: type), let value = result.value else {
                    continue
                }
                switch value.content {
                case .string(let text): return Found(variable: result.encodedKey, text: text)
                case .int(let number): return Found(variable: result.encodedKey, text: "\(number)")
                case .bool(let isOn): return Found(variable: result.encodedKey, text: "\(isOn)")
                case .double(let number): return Found(variable: result.encodedKey, text: "\(number)")
                default: continue
                }
            }
        }
        return nil
    }

    mutating func reject(_ variable: String, found: String, expected: String, suggestion: String? = nil) {
        mistakes.append(.init(variable: variable, found: found, expected: expected, suggestion: suggestion))
    }

    /// Reads a switch. Returns it with its name in the source.
    mutating func isOn(_ name: String) -> (variable: String, isOn: Bool)? {
        guard let found = find(name) else { return nil }
        switch found.text.lowercased() {
        case "true", "yes", "on", "1": return (found.variable, true)
        case "false", "no", "off", "0": return (found.variable, false)
        default:
            reject(found, expected: "true or false", among: ["true", "false", "yes", "no", "on", "off"])
            return nil
        }
    }

    mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String, _: Choice.Type = Choice.self
    ) -> (variable: String, choice: Choice)? {
        guard let found = find(name) else { return nil }
        if let choice = Choice(rawValue: found.text.lowercased()) { return (found.variable, choice) }
        let words = Choice.allCases.map(\.rawValue)
        reject(found, expected: "one of \(words.joined(separator: ", "))", among: words)
        return nil
    }

    mutating func whole(_ name: String, in range: ClosedRange<Int>) -> Int? {
        guard let found = find(name) else { return nil }
        if let number = Int(found.text), range.contains(number) { return number }
        reject(found, expected: "a whole number from \(range.lowerBound) to \(range.upperBound)", among: [])
        return nil
    }

    func text(_ name: String) -> (variable: String, text: String)? { find(name).map { ($0.variable, $0.text) } }

    private mutating func reject(_ found: Found, expected: String, among words: [String]) {
        reject(
            found.variable, found: "\"\(found.text)\"", expected: expected,
            suggestion: NearestWord.suggestion(for: found.text, among: words))
    }
}
