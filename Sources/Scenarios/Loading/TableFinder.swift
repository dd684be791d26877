import Foundation

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
