import History
import Support
import Yams

/// A value that a caller puts in place of what scenario files say: `cluster.instances=8`.
///
/// The path leads from the outside in. In a list, a word names the first element that begins with it
/// (`cluster.layers.L1.ttl`, `phases.mix.operations`), and a number counts elements from 1. What the last word names
/// need not be in the file.
public struct ScenarioOverride: Sendable, Hashable {
    /// As it was given.
    public let text: String
    let path: [String]
    private let value: String

    /// - Throws: what is wrong with a text that is not `PATH=VALUE`.
    public init(_ text: String) throws(ScenarioErrors) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        path = parts[0].split(separator: ".", omittingEmptySubsequences: false).map { word in
            String(word.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
        }
        self.text = text
        guard parts.count == 2, path.allSatisfy({ !$0.isEmpty }), text.utf8.count <= Self.longest else {
            throw Self.error("", Value.quoted(text), "PATH=VALUE, such as cluster.instances=8")
        }
        value = parts[1].allSatisfy(\.isWhitespace) ? "\"\"" : parts[1]
        _ = try node()
    }

    private static let longest = 10_000
    /// What reports name in place of a file.
    static let place = "--set"

    private static func error(
        _ subject: String, _ found: String, _ expected: String, suggestion: String? = nil
    ) -> ScenarioErrors {
        ScenarioErrors([
            ScenarioDiagnostic(
                at: SourcePosition(file: place, line: 0, column: 0), subject: subject, found: found,
                expected: expected, suggestion: suggestion)
        ])
    }

    private var subject: String { path.joined(separator: ".") }

    /// The value as it would stand in a file, but in no line of any.
    private func node() throws(ScenarioErrors) -> Node {
        let node: Node?
        do { node = try Yams.compose(yaml: value, .default, .default, .utf8) } catch { node = nil }
        guard let node else { throw Self.error(subject, Value.quoted(value), "a value as in a scenario file") }
        return Self.withoutPlace(node)
    }

    private static func withoutPlace(_ node: Node) -> Node {
        switch node {
        case .scalar(var scalar):
            scalar.mark = nil
            return .scalar(scalar)
        case .mapping(let mapping):
            let pairs = mapping.map { (withoutPlace($0.key), withoutPlace($0.value)) }
            return .mapping(Node.Mapping(pairs, mapping.tag, mapping.style))
        case .sequence(let sequence):
            return .sequence(Node.Sequence(sequence.map(withoutPlace), sequence.tag, sequence.style))
        case .alias(var alias):
            alias.mark = nil
            return .alias(alias)
        }
    }

    // MARK: Putting it in

    /// The document of a file with the value in it.
    /// - Throws: which word of the path leads nowhere.
    func applied(to root: Node) throws(ScenarioErrors) -> Node { try putting(try node(), into: root, at: 0) }

    private func putting(_ new: Node, into node: Node, at depth: Int) throws(ScenarioErrors) -> Node {
        guard depth < path.count else { return new }
        let word = path[depth]
        switch node {
        case .mapping(var mapping):
            let key = mapping.first { $0.key.scalar?.string == word }?.key
            // What is not there yet is made; whether the word is known is judged as everything in the file is.
            let inside = key.flatMap { mapping[$0] } ?? .mapping(Node.Mapping([]))
            mapping[key ?? .scalar(Node.Scalar(word))] = try putting(new, into: inside, at: depth + 1)
            return .mapping(mapping)
        case .sequence(var sequence):
            let words = sequence.map(Self.word)
            let number = Int(word).flatMap { (1...max(1, words.count)).contains($0) ? $0 - 1 : nil }
            guard let index = words.firstIndex(of: word) ?? number, sequence.indices.contains(index) else {
                let known = words.compactMap { $0 }
                throw Self.error(
                    path[...depth].joined(separator: "."), "no \(Value.quoted(word)) in the list",
                    Value.choice(known + ["a number from 1 to \(words.count)"]),
                    suggestion: NearestWord.suggestion(for: word, among: known))
            }
            guard case .mapping(var element) = sequence[index], words[index] == word,
                let key = element.first(where: { $0.key.scalar?.string == word })?.key, let body = element[key]
            else {
                sequence[index] = try putting(new, into: sequence[index], at: depth + 1)
                return .sequence(sequence)
            }
            element[key] = try putting(new, into: body, at: depth + 1)
            sequence[index] = .mapping(element)
            return .sequence(sequence)
        default:
            throw Self.error(
                path[...depth].joined(separator: "."),
                "\(Value.quoted(path[..<depth].joined(separator: "."))), which has no parts", "a path to a value")
        }
    }

    /// What an element of a list is called: `mix` of `mix: { … }`, `linearizable` of itself.
    private static func word(_ element: Node) -> String? {
        switch element {
        case .scalar(let scalar): scalar.string
        case .mapping(let mapping): mapping.first?.key.scalar?.string
        default: nil
        }
    }
}
