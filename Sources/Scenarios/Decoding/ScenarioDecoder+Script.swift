import History
import Support
import Yams

extension ScenarioDecoder {
    private static let stepExpected =
        "an operation and what it is done to, such as read permissions:0, read permissions:0 permissions:1 or "
        + "invalidate-tag user_session"

    /// `nil` if it cannot be known what the workers do.
    func decodeScript(_ worded: WordedElement) -> (Phase.Action, name: Value?)? {
        let fields = worded.fields(
            known: ["name", "workers"], expected: "{ workers: [[read permissions:0], [write permissions:0]] }")
        guard let fields,
            let lists = fields.required("workers", "a list of operations for each worker")?
                .list(of: "lists, one for each worker")
        else { return nil }
        let instances = scenario.variation.instances?.min() ?? scenario.cluster.instances
        let workers = scenario.variation.workers?.min() ?? scenario.cluster.workers
        if lists.count > instances * workers {
            lists[instances * workers].report(
                found: "operations of worker \(instances * workers)",
                expected: "lists for at most \(instances * workers) workers, which are counted from 0")
        }
        var script = Script(workers: [])
        for list in lists {
            if case .sequence(let none) = list.node, none.isEmpty {
                script.workers.append([])
                continue
            }
            script.workers.append((list.list(of: "operations") ?? []).compactMap(decodeStep))
        }
        if script.workers.allSatisfy(\.isEmpty) {
            // If there are any that could not be read, they were reported.
            if lists.allSatisfy({ $0.node.sequence?.isEmpty ?? false }) {
                fields.value.report(found: "a script of nothing", expected: "at least one operation")
            }
            return nil
        }
        return (.script(script), fields["name"])
    }

    private func decodeStep(_ value: Value) -> Script.Step? {
        guard let text = value.text(Self.stepExpected) else { return nil }
        let words = text.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
        guard Self.shareWords.contains(words[0]) else {
            value.report(
                found: "the operation \(Value.quoted(words[0]))", expected: Value.choice(Self.shareWords),
                suggestion: NearestWord.suggestion(for: words[0], among: Self.shareWords))
            return nil
        }
        if words[0] == "read", words.count > 2 {
            let keys = words.dropFirst().compactMap { decodeKey($0, value) }
            if let twice = keys.indices.first(where: { keys[..<$0].contains(keys[$0]) }) {
                value.report(found: "the key \(Value.quoted(keys[twice])) twice", expected: "each key once in a read")
            }
            return keys.count == words.count - 1 ? .readMany(keys) : nil
        }
        guard words.count == 2 else {
            value.reject(expected: Self.stepExpected)
            return nil
        }
        if words[0] == "invalidate-tag" { return decodeTag(words[1], value).map { .invalidateTag($0) } }
        guard let key = decodeKey(words[1], value) else { return nil }
        switch words[0] {
        case "read": return .read(key)
        case "write": return .write(key)
        case "delete": return .delete(key)
        default: return .invalidate(key)
        }
    }

    private func decodeTag(_ tag: String, _ value: Value) -> String? {
        let known = Set(scenario.data.flatMap(\.tags)).sorted()
        if known.contains(tag) || scenario.data.isEmpty { return tag }
        value.report(
            found: "the tag \(Value.quoted(tag)), which no data set has",
            expected: known.isEmpty ? "a tag of a data set, and none has any" : Value.choice(known),
            suggestion: NearestWord.suggestion(for: tag, among: known))
        return nil
    }

    /// A key by its name, `permissions:0`, or the first one of a data set by the name of the set.
    private func decodeKey(_ name: String, _ value: Value) -> String? {
        let parts = name.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let set = scenario.dataSet(named: parts[0]) else {
            if dataNames.isEmpty { return nil }
            value.report(
                found: "the data set \(Value.quoted(parts[0])), which is not declared",
                expected: Value.choice(dataNames), suggestion: NearestWord.suggestion(for: parts[0], among: dataNames))
            return nil
        }
        guard parts.count == 2 else { return set.keyName(0) }
        let fewest = scenario.fewestKeys(of: set)
        guard let index = Int(parts[1]), String(index) == parts[1], (0..<fewest).contains(index) else {
            value.report(
                found: "the key \(Value.quoted(name))",
                expected: fewest == 1 ? set.keyName(0) : "one of \(set.keyName(0)) to \(set.keyName(fewest - 1))")
            return nil
        }
        return name
    }
}
