import Foundation

/// Finds the tables of targets that a scenario uses.
struct TableFinder {
    /// The path of the scenario.
    let scenario: String
    /// Where the tables are, if that was said.
    let folder: String?

    func table(named name: String) -> TableLookup {
        guard let folder = folder ?? Self.nearestFolder(above: scenario) else {
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

    /// The `Fixtures/Targets` of the nearest folder above a file that has one. It is relative if the path is, and the
    /// folder can be reached that way.
    static func nearestFolder(above file: String) -> String? {
        var isFolder: ObjCBool = false
        func exists(_ path: String) -> Bool {
            FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
        }
        let components = file.split(separator: "/", omittingEmptySubsequences: true).dropLast()
        let isAbsolute = file.hasPrefix("/")
        if !components.contains("..") {
            for length in stride(from: components.count, through: 0, by: -1) {
                let parent = components.prefix(length).joined(separator: "/")
                let base = (isAbsolute ? "/" : "") + parent + (parent.isEmpty ? "" : "/")
                if exists(base + "Fixtures/Targets") { return base + "Fixtures/Targets" }
            }
        }
        var url = URL(fileURLWithPath: file).standardizedFileURL.deletingLastPathComponent()
        while true {
            let candidate = url.appendingPathComponent("Fixtures/Targets").path
            if exists(candidate) { return candidate }
            if url.path == "/" { return nil }
            url.deleteLastPathComponent()
        }
    }
}
