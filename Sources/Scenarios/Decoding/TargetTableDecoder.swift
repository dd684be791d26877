import Yams

/// Decodes a table of targets.
struct TargetTableDecoder {
    static let whatIsExpected = "a table of targets: targets, rows"

    let context: DecodingContext

    func decode(_ root: Value) -> TargetTable? {
        guard let fields = Fields(root, known: ["targets", "describe", "rows"], expected: Self.whatIsExpected)
        else { return nil }
        let title = fields.required("targets", "the title of the table")?.text() ?? ""
        _ = fields["describe"]?.text()
        var rows: [(String, TargetDraft)] = []
        if let value = fields.required("rows", "rows, such as propagation: \(TargetDecoder.expected)") {
            guard case .mapping(let mapping) = value.node, !mapping.isEmpty else {
                value.reject(expected: "a mapping of rows, such as propagation: \(TargetDecoder.expected)")
                return nil
            }
            for (keyNode, node) in mapping {
                let key = Value(node: keyNode, subject: "rows", context: context)
                if DuplicateKeys.isMasked(key.textIfAny ?? "") { continue }
                guard let name = key.name() else { continue }
                let row = Value(node: node, subject: "rows.\(name)", context: context)
                if let draft = TargetDecoder(context: context).decode(row, name: name) { rows.append((name, draft)) }
            }
        }
        return context.diagnostics.isEmpty ? TargetTable(title: title, rows: rows) : nil
    }
}
