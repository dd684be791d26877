import Foundation

/// Reads files as text.
enum FileText {
    /// The text of a file, or a report why it cannot be had.
    ///
    /// - Parameter what: What the file should be, for the report.
    static func read(_ path: String, what: String) -> Result<String, ScenarioErrors> {
        func failure(_ found: String, _ expected: String) -> Result<String, ScenarioErrors> {
            let position = SourcePosition(file: path, line: 1, column: 1)
            return .failure(ScenarioErrors([ScenarioDiagnostic(at: position, found: found, expected: expected)]))
        }
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            return failure("no file there", "the path of a file")
        }
        if isFolder.boolValue { return failure("a folder", "a file") }
        let url = URL(fileURLWithPath: path).resolvingSymlinksInPath()
        // A pipe or a device could block or never end.
        guard let type = try? FileManager.default.attributesOfItem(atPath: url.path)[.type] as? FileAttributeType,
            type == .typeRegular
        else { return failure("something that is not a regular file", "a file") }
        guard let handle = FileHandle(forReadingAtPath: path) else {
            return failure("a file that cannot be opened", "a file that may be read")
        }
        defer { try? handle.close() }
        do {
            let data = try handle.read(upToCount: Document.largestSize + 1) ?? Data()
            return Document.text(Array(data), file: path, what: what)
        } catch {
            return failure("a file that cannot be read (\(error.localizedDescription))", "a file that may be read")
        }
    }
}

/// Finds a folder by its path inside of one of the folders above a file.
enum NearestFolder {
    /// That of the nearest folder above which has one. It is relative if the file's path is, and the folder can be
    /// reached that way.
    static func named(_ name: String, above file: String) -> String? {
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
                if exists(base + name) { return base + name }
            }
        }
        var url = URL(fileURLWithPath: file).standardizedFileURL.deletingLastPathComponent()
        while true {
            let candidate = url.appendingPathComponent(name).path
            if exists(candidate) { return candidate }
            if url.path == "/" { return nil }
            url.deleteLastPathComponent()
        }
    }
}
