import Foundation
import Testing

/// The habits of CONTRIBUTING.md that a machine can check. Each failure names the file and the line.
@Suite("The sources are tidy")
struct TidyTests {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static let manifest = Manifest(text("Package.swift"))

    static let files: [SourceFile] = ["Sources", "Tests", "Benchmarks", "Fuzzing"].flatMap(paths).map {
        SourceFile(path: $0, text: text($0))
    }

    static func text(_ path: String) -> String {
        (try? String(contentsOf: root.appending(path: path), encoding: .utf8)) ?? ""
    }

    private static func paths(in folder: String) -> [String] {
        let found = FileManager.default.enumerator(atPath: root.appending(path: folder).path)
        return (found?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(".swift") }.map { "\(folder)/\($0)" }
            .sorted()
    }

    static func offences(_ files: [SourceFile]) -> [Offence] {
        let sources = files.filter { $0.path.hasPrefix("Sources/") }
        let tests = files.filter { $0.path.hasPrefix("Tests/") }
        let ofOneFile = files.flatMap { file in
            FileRules.columns(file) + FileRules.functionLines(file) + FileRules.shortFile(file)
                + FileRules.longFile(file)
                + CodeLineRules.imports(file, in: manifest)
        }
        return ofOneFile + sources.flatMap(DeclarationRules.documentation) + tests.flatMap(CodeLineRules.errorCodes)
            + DeclarationRules.names(sources)
    }

    /// With `TIDY_RENEW=1` in the environment, what no longer offends leaves the list first.
    @Test("No file breaks a rule but those of the list, and all those do")
    func offences() throws {
        let list = Self.root.appending(path: "Tests/TidyTests/to-do.txt")
        let offences = Self.offences(Self.files)
        var toDo = ToDo(try String(contentsOf: list, encoding: .utf8))
        if ProcessInfo.processInfo.environment["TIDY_RENEW"] == "1" {
            let renewed = toDo.renewed(offences)
            try renewed.write(to: list, atomically: true, encoding: .utf8)
            toDo = ToDo(renewed)
        }
        for problem in toDo.problems(offences) { Issue.record("\(problem)") }
    }

    @Test("Every target has its sentence in Architecture.md, and imports nothing that stands below it")
    func architecture() {
        #expect(
            ArchitectureRule.problems(page: Self.text("Documentation/Architecture.md"), manifest: Self.manifest) == [])
    }

    @Test("Every file was read, and belongs to a target")
    func everything() {
        #expect(Self.files.count > 900)
        let orphans = Self.files.map(\.path).filter { path in
            !Self.manifest.targets.contains { path.hasPrefix($0.path + "/") }
        }
        #expect(orphans == [])
        let empty = Self.manifest.targets.filter { target in
            !FileManager.default.fileExists(atPath: Self.root.appending(path: target.path).path)
        }
        #expect(empty.map(\.name) == [])
    }

    @Test("Every exception of the rule on short files is a short file")
    func exceptions() {
        let short = Set(Self.files.filter { $0.lines.count < FileRules.shortestFile }.map(\.path))
        #expect(FileRules.shortFiles.keys.filter { !short.contains($0) } == [])
    }
}
