import History
import Support
import Yams

/// The entries of a mapping, by their keys.
struct Fields {
    let value: Value
    private var entries: [String: (key: Node, value: Node)] = [:]

    /// Takes a mapping apart and reports every key that is not known.
    ///
    /// - Returns: `nil`, with a report, if the value is not a mapping.
    init?(_ value: Value, known: [String], expected: String = "a mapping") {
        guard case .mapping(let mapping) = value.node else {
            value.reject(expected: expected)
            return nil
        }
        self.value = value
        for (key, node) in Self.merged(mapping) {
            guard case .scalar(let scalar) = key else {
                Value(node: key, subject: value.subject, context: value.context)
                    .report(found: "a list or a mapping as a key", expected: Value.choice(known))
                continue
            }
            if DuplicateKeys.isMasked(scalar.string) { continue }
            entries[scalar.string] = (key, node)
            guard known.contains(scalar.string) else {
                Value(node: key, subject: value.subject, context: value.context).report(
                    found: "the unknown word \(Value.quoted(scalar.string))", expected: Value.choice(known),
                    suggestion: NearestWord.suggestion(for: scalar.string, among: known))
                continue
            }
        }
    }

    /// The value of a key, `nil` if it is not there.
    subscript(key: String) -> Value? {
        entries[key].map { Value(node: $0.value, subject: path(key), context: value.context) }
    }

    /// The value of a key that must be there.
    func required(_ key: String, _ expected: String) -> Value? {
        if let present = self[key] { return present }
        value.context.report(at: value.position, value.subject, found: "no \(key)", expected: "\(key): \(expected)")
        return nil
    }

    /// Where the word itself stands.
    func keyPosition(_ key: String) -> SourcePosition {
        entries[key].map { value.context.position(of: $0.key) } ?? value.position
    }

    private func path(_ key: String) -> String { value.subject.isEmpty ? key : "\(value.subject).\(key)" }

    /// The pairs of a mapping, those of `<<` filled in behind its own.
    private static func merged(_ mapping: Node.Mapping, depth: Int = 0) -> [(Node, Node)] {
        var own: [(Node, Node)] = []
        var inherited: [(Node, Node)] = []
        for (key, node) in mapping {
            guard case .scalar(let scalar) = key, scalar.string == "<<", depth < 10 else {
                own.append((key, node))
                continue
            }
            switch node {
            case .mapping(let other): inherited += merged(other, depth: depth + 1)
            case .sequence(let others):
                for case .mapping(let other) in others { inherited += merged(other, depth: depth + 1) }
            default: own.append((key, node))
            }
        }
        var seen = Set(own.compactMap { $0.0.scalar?.string })
        for (key, node) in inherited {
            if let word = key.scalar?.string, seen.insert(word).inserted { own.append((key, node)) }
        }
        return own
    }
}

/// An element of a list that begins with a word: `linearizable`, `read: { … }`.
struct WordedElement {
    let word: String
    /// The word itself.
    let key: Value
    /// What follows it, `nil` if nothing does.
    let body: Value?

    /// - Parameter what: What the element is, for the report: `a phase`.
    init?(_ value: Value, words: [String], what: String) {
        let key: Value
        switch value.node {
        case .mapping(let mapping):
            let pairs = mapping.filter { !DuplicateKeys.isMasked($0.key.scalar?.string ?? "") }
            guard let (keyNode, bodyNode) = pairs.first else {
                value.reject(expected: "\(what): \(Value.choice(words))")
                return nil
            }
            guard pairs.count == 1 else {
                let names = pairs.map { $0.key.scalar?.string ?? "…" }.joined(separator: ", ")
                value.report(
                    found: "\(pairs.count) keys side by side (\(names))",
                    expected: "\(what) with one word; what belongs to it is indented further, or in { }")
                return nil
            }
            key = Value(node: keyNode, subject: value.subject, context: value.context)
            let word = key.textIfAny ?? ""
            let path = value.subject.isEmpty ? word : "\(value.subject).\(word)"
            body = Value(node: bodyNode, subject: path, context: value.context)
        default:
            key = value
            body = nil
        }
        guard let word = key.word(of: words) else { return nil }
        self.word = word
        self.key = key
    }

    /// The body as a mapping; reports if there is none.
    func fields(known: [String], expected: String) -> Fields? {
        guard let body else {
            key.report(found: "\(word) alone", expected: expected)
            return nil
        }
        return Fields(body, known: known, expected: expected)
    }
}

extension Fields {
    /// Looks into a mapping that was judged before, without reporting again.
    init?(silently value: Value) {
        guard case .mapping(let mapping) = value.node else { return nil }
        self.value = value
        for (key, node) in Self.merged(mapping) {
            if let word = key.scalar?.string { entries[word] = (key, node) }
        }
    }

    /// Whether a word is a key in one of the bodies of a list of worded elements.
    static func anyMentions(_ word: String, in list: Value) -> Bool {
        guard case .sequence(let elements) = list.node else { return false }
        return elements.contains { element in
            guard case .mapping(let mapping) = element else { return false }
            return mapping.contains { $0.value.mapping?.contains { $0.key.scalar?.string == word } ?? false }
        }
    }
}
