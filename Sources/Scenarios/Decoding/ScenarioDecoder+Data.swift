import History
import Support
import Yams

extension ScenarioDecoder {
    /// The word that stands for all data sets, and so cannot be the name of one.
    static let everything = "everything"

    mutating func decodeData(_ value: Value?) {
        guard let value else { return }
        guard case .mapping(let mapping) = value.node, !mapping.isEmpty else {
            value.reject(expected: "a mapping of data sets, such as permissions: { keys: 100, value: 200 B }")
            return
        }
        for (keyNode, node) in mapping {
            let key = Value(node: keyNode, subject: value.subject, context: context)
            if DuplicateKeys.isMasked(key.textIfAny ?? "") { continue }
            guard let name = key.name() else { continue }
            if name == Self.everything {
                key.report(
                    found: "a data set called everything", expected: "another name, for this one means all data sets")
                continue
            }
            dataNames.append(name)
            let dataSet = decodeDataSet(name, Value(node: node, subject: "data.\(name)", context: context))
            scenario.data.append(dataSet)
        }
    }

    private mutating func decodeDataSet(_ name: String, _ value: Value) -> DataSet {
        var dataSet = DataSet(name: name, keys: .max)
        guard let fields = Fields(value, known: ["keys", "value", "tags", "records", "schemas"]) else { return dataSet }
        dataSet.keys = fields.required("keys", "how many keys")?.count(in: 1...context.limits.keys) ?? .max
        dataSet.valueSize = fields["value"]?.size(upTo: context.limits.valueSize) ?? 100
        if let tags = fields["tags"]?.listOrOne(of: "tags") { dataSet.tags = uniqueTexts(tags) { $0.name() } }
        if let records = fields["records"] {
            dataSet.records = decodeRecords(records)
            if dataSet.records.isEmpty { recordsAreComplete = false }
        }
        if let schemas = fields["schemas"] {
            dataSet.schemas = decodeSchemas(schemas, of: dataSet.records)
            if dataSet.schemas.isEmpty || dataSet.records.isEmpty { recordsAreComplete = false }
        }
        return dataSet
    }

    /// The names of data sets: one, a list, or `everything`.
    func dataNames(_ value: Value?) -> [String] {
        if value?.textIfAny == Self.everything { return dataNames }
        guard let value, let elements = value.listOrOne(of: "data sets, or everything") else { return [] }
        return uniqueTexts(elements) { element in
            guard let name = element.text("the name of a data set") else { return nil }
            if dataNames.contains(name) { return name }
            // With no data set at all, the missing data was reported already.
            if dataNames.isEmpty { return nil }
            element.report(
                found: "the data set \(Value.quoted(name)), which is not declared",
                expected: Value.choice(dataNames + [Self.everything]),
                suggestion: NearestWord.suggestion(for: name, among: dataNames + [Self.everything]))
            return nil
        }
    }

    /// The tags that data sets carry.
    func tagNames(_ value: Value?) -> [String] {
        var known: [String] = []
        for tag in scenario.data.flatMap(\.tags) where !known.contains(tag) { known.append(tag) }
        guard let value, let elements = value.listOrOne(of: "tags") else { return [] }
        return uniqueTexts(elements) { element in
            guard let tag = element.text("a tag") else { return nil }
            // With no data set at all, the missing data was reported already.
            if scenario.data.isEmpty { return nil }
            guard known.contains(tag) else {
                element.report(
                    found: "the tag \(Value.quoted(tag)), which no data set has",
                    expected: known.isEmpty ? "a tag of a data set, and none has any" : Value.choice(known),
                    suggestion: NearestWord.suggestion(for: tag, among: known))
                return nil
            }
            return tag
        }
    }
}
