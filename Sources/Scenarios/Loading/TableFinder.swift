import Foundation
import Yams

/// Finds the tables of targets that a scenario uses.
struct TableFinder {
    /// The path of the scenario.
    let scenario: String
    /// Where the tables are, if that was said.
    let folder: String?

    func table(named name: String) -> TableLookup {
        guard let folder = folder ?? NearestFolder.named("Fixtures/Targets", above: scenario) else {
            return .missing(available: [], folder: nil)
        }
        let path = folder + "/\(name).yaml"
        guard FileManager.default.fileExists(atPath: path) else {
            let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            let names = files.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted()
            return .missing(available: names, folder: folder)
        }
        switch FileText.read(path, what: TargetTableDecoder.whatIsExpected) {
        case .failure(let errors): return .wrong(errors.diagnostics)
        case .success(let text):
            let context = DecodingContext(file: path, text: text)
            if let root = Document.compose(text, context: context, what: TargetTableDecoder.whatIsExpected),
                let table = TargetTableDecoder(context: context).decode(
                    Value(node: root, subject: "", context: context)),
                context.diagnostics.isEmpty
            {
                return .found(table)
            }
            return .wrong(context.sortedDiagnostics)
        }
    }
}

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
