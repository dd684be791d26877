import History
import Support
import Yams

extension ScenarioDecoder {
    /// The records of a data set: one name, or a list.
    func decodeRecords(_ value: Value) -> [Record] {
        var records: [Record] = []
        for element in value.listOrOne(of: "records") ?? [] {
            guard let name = element.name() else { continue }
            switch record(name) {
            case .found(let record): records.append(record)
            case .wrong(let diagnostics): context.report(contentsOf: diagnostics)
            case .missing(let available, let folder):
                element.report(
                    found: "the record \(Value.quoted(name)), which does not exist",
                    expected: folder == nil
                        ? "a folder Fixtures/Records above the scenario with \(name).json in it"
                        : available.isEmpty ? "a record in \(folder!), and there is none" : Value.choice(available),
                    suggestion: NearestWord.suggestion(for: name, among: available))
            }
        }
        return records
    }

    /// What each version of the application knows of the records: `1: [name, telephone]`, `2: [name, { telephone: phone
    /// }]`.
    func decodeSchemas(_ value: Value, of records: [Record]) -> [RecordSchema] {
        guard case .mapping(let mapping) = value.node, !mapping.isEmpty else {
            value.reject(expected: "versions of the application and what they know, such as 1: [name, telephone]")
            return []
        }
        // A record whose file has errors has no columns to compare with.
        let columns = records.first.map { $0.text.members.map(\.name) }
        if records.isEmpty, recordsAreComplete {
            value.report(found: "schemas of no records", expected: "records beside them")
        }
        for other in records.dropFirst() where other.text.members.map(\.name) != columns {
            value.report(
                found: "schemas of the records \(records[0].name) and \(other.name), which have other members",
                expected: "records with the same members in the same order")
        }
        return mapping.compactMap { key, node in
            let place = Value(node: key, subject: value.subject, context: context)
            guard let version = place.count(in: 1...1_000_000) else { return nil }
            let fields = decodeFields(
                Value(node: node, subject: "\(value.subject).\(version)", context: context), columns)
            return fields.isEmpty ? nil : RecordSchema(version: version, fields: fields)
        }
    }

    private func decodeFields(_ value: Value, _ columns: [String]?) -> [RecordSchema.Field] {
        var fields: [RecordSchema.Field] = []
        for element in value.listOrOne(of: "members of the record") ?? [] {
            var (column, name) = (element, element)
            if case .mapping(let mapping) = element.node, mapping.count == 1, let renamed = mapping.first {
                column = Value(node: renamed.key, subject: value.subject, context: context)
                name = Value(node: renamed.value, subject: value.subject, context: context)
            }
            guard let text = columns.map({ column.word(of: $0) }) ?? column.textIfAny, let known = name.name() else {
                continue
            }
            if fields.contains(where: { $0.column == text || $0.name == known }) {
                element.report(found: "\(Value.quoted(known)) for the second time", expected: "each member once")
            } else if known == RecordSchema.mark {
                element.report(
                    found: "a member called \(known)", expected: "another name, for that one tells the version")
            } else {
                fields.append(RecordSchema.Field(column: text, name: known))
            }
        }
        return fields
    }

    /// Every version that an instance runs must know every record that has schemas, and each schema some instance.
    func checkApplications(_ cluster: Value?) {
        let running = Set(scenario.cluster.applications)
        let sets = scenario.data.filter { !$0.schemas.isEmpty }
        guard let cluster, let fields = Fields(silently: cluster) else { return }
        if let place = fields["application"] {
            if scenario.cluster.applications.count > scenario.fewestInstances {
                place.report(
                    found: "\(scenario.cluster.applications.count) versions for "
                        + plural(scenario.fewestInstances, "instance"),
                    expected: "at most one version for each instance")
            }
            if sets.isEmpty, recordsAreComplete {
                place.report(
                    found: "versions of the application that no data distinguishes",
                    expected: "a data set with schemas, or no application")
            }
        }
        for set in sets {
            let missing = running.subtracting(set.schemas.map(\.version)).sorted()
            guard let first = missing.first, let place = fields["application"] ?? fields["instances"] else { continue }
            place.report(
                found: "version \(first) of the application, of which the schemas of \(set.name) say nothing",
                expected: "a version with a schema: "
                    + set.schemas.map { "\($0.version)" }.sorted().joined(separator: ", "))
        }
    }
}

extension RecordSchema {
    /// The member of a serialised record that names the version of the application that wrote it.
    package static let mark = "schema"
}
