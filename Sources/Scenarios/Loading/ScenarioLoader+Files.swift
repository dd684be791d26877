import Foundation

extension ScenarioLoader {
    /// The scenario files in a folder and the folders in it, in the order of their paths; a file stands for itself.
    ///
    /// They are the files that end in `.yaml` or `.yml`. Hidden files and folders are left out, and so are tables of
    /// targets, which stand in a folder `Fixtures/Targets`, and `coherence.yaml`, the defaults of `coherence gate`.
    ///
    /// - Throws: If there is nothing at the path, or no scenario in the folder.
    public func scenarioFiles(under path: String) throws(ScenarioErrors) -> [String] {
        func failure(_ found: String, _ expected: String) -> ScenarioErrors {
            let position = SourcePosition(file: path, line: 1, column: 1)
            return ScenarioErrors([ScenarioDiagnostic(at: position, found: found, expected: expected)])
        }
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw failure("nothing there", "the path of a scenario or of a folder with scenarios")
        }
        guard isFolder.boolValue else { return [path] }
        let base = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        var files: [String] = []
        var folders = [base]
        while let folder = folders.popLast() {
            if folder == "Fixtures/Targets" || folder.hasSuffix("/Fixtures/Targets") { continue }
            guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
                throw failure("the folder \(folder), which cannot be read", "a folder that may be read")
            }
            for name in names where !name.hasPrefix(".") {
                let item = folder == "/" ? "/\(name)" : "\(folder)/\(name)"
                let type = try? FileManager.default.attributesOfItem(atPath: item)[.type] as? FileAttributeType
                // A link to a folder is not followed: it could lead back up.
                if type == .typeDirectory {
                    folders.append(item)
                } else if name == GateFile.usualPath {
                    continue
                } else if name.hasSuffix(".yaml") || name.hasSuffix(".yml") {
                    files.append(item)
                }
            }
        }
        if files.isEmpty { throw failure("a folder without scenarios", "files that end in .yaml") }
        return files.sorted()
    }
}
