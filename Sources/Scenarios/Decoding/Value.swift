import Yams

/// A place in a document, with the words to talk about it.
struct Value {
    let node: Node
    /// The path from the outside in: `cluster.layers.L1.ttl`.
    let subject: String
    let context: DecodingContext

    var position: SourcePosition { context.position(of: node) }

    func report(found: String, expected: String, suggestion: String? = nil) {
        context.report(at: position, subject, found: found, expected: expected, suggestion: suggestion)
    }

    /// Says that what is there is not what is due.
    func reject(expected: String, suggestion: String? = nil) {
        report(found: found, expected: expected, suggestion: suggestion)
    }

    /// What is there, in a few words.
    var found: String {
        switch node {
        case .scalar(let scalar): Self.isNothing(scalar) ? "nothing" : Self.quoted(scalar.string)
        case .mapping(let mapping): mapping.isEmpty ? "an empty mapping" : "a mapping"
        case .sequence(let sequence): sequence.isEmpty ? "an empty list" : "a list"
        case .alias: "an alias"
        }
    }

    var isNothing: Bool {
        if case .scalar(let scalar) = node { return Self.isNothing(scalar) }
        return false
    }

    /// The text of a scalar that is not empty, without a complaint if there is none.
    var textIfAny: String? {
        guard case .scalar(let scalar) = node, !Self.isNothing(scalar) else { return nil }
        return scalar.string
    }

    /// A text in quotation marks, short and on one line.
    static func quoted(_ text: String) -> String {
        let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
        return line.count > 60 ? "\"\(line.prefix(57))…\"" : "\"\(line)\""
    }

    private static func isNothing(_ scalar: Node.Scalar) -> Bool {
        let isQuoted = scalar.style == .singleQuoted || scalar.style == .doubleQuoted
        if isQuoted { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }

    /// The elements of a list that has some.
    func list(of what: String) -> [Value]? {
        guard case .sequence(let sequence) = node, !sequence.isEmpty else {
            reject(expected: "a list of \(what)")
            return nil
        }
        return sequence.map { Value(node: $0, subject: subject, context: context) }
    }

    /// The elements of a list, or a single scalar as a list of one.
    func listOrOne(of what: String) -> [Value]? {
        textIfAny == nil ? list(of: what) : [self]
    }
}
