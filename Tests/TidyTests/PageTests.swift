import Foundation
import Testing

/// What the pages name exists: files, programs, filters of tests, and the places that links lead to.
@Suite("The pages name what exists")
struct PageTests {
    static let pages =
        ["README.md", "CONTRIBUTING.md", "SECURITY.md"]
        + ((try? FileManager.default.contentsOfDirectory(atPath: TidyTests.root.appending(path: "Documentation").path))
        ?? [])
        .filter { $0.hasSuffix(".md") }.sorted().map { "Documentation/\($0)" }

    private static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: TidyTests.root.appending(path: path).path)
    }

    /// The files and folders of the package that a text names from its root.
    static func missingFiles(in text: String) -> [String] {
        text.matches(
            of: /(?:^|[\s`(])((?:Scripts|Scenarios|Sources|Tests|Benchmarks|Fuzzing|Fixtures|\.ci)\/[A-Za-z0-9.\/_+-]*)/
        )
        .map { String($0.1).trimmingCharacters(in: ["."]) }.map { $0.hasPrefix("ci/") ? ".\($0)" : $0 }
        .filter { !exists($0) }
    }

    /// The programs of `swift run` that Package.swift does not declare.
    static func missingPrograms(in text: String, manifest: Manifest) -> [String] {
        text.matches(of: /swift run (?:-c release )?([A-Za-z][A-Za-z0-9-]*)/).map { String($0.1) }
            .filter { program in !manifest.targets.contains { $0.name == program } }
    }

    /// The filters that no file and no folder of Tests has in its path.
    static func missingFilters(in text: String, paths: [String]) -> [String] {
        text.matches(of: /--filter '?([A-Za-z0-9]+)/).map { String($0.1) }
            .filter { filter in !paths.contains { $0.contains(filter) } }
    }

    /// The anchor of a heading, as the usual viewers of Markdown make it.
    static func anchor(_ heading: String) -> String {
        String(
            heading.drop { $0 == "#" || $0 == " " }.lowercased().filter {
                $0.isLetter || $0.isNumber || " -_".contains($0)
            }
        )
        .replacing(" ", with: "-")
    }

    /// The links of `page` that lead nowhere.
    static func deadLinks(in text: String, of page: String, read: (String) -> String?) -> [String] {
        text.matches(of: /\]\(([^)\s]+)\)/).map { String($0.1) }.filter { link in
            guard !link.contains("://"), !link.hasPrefix("mailto:") else { return false }
            let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let folder = page.contains("/") ? String(page[..<page.lastIndex(of: "/")!]) + "/" : ""
            let path =
                parts[0].isEmpty
                ? page : URL(filePath: "/\(folder)\(parts[0])").standardized.path.dropFirst().description
            guard let target = read(path) else { return true }
            guard parts.count > 1 else { return false }
            let anchors = target.split(separator: "\n").filter { $0.hasPrefix("#") }.map { anchor(String($0)) }
            return !anchors.contains(parts[1])
        }
    }

    @Test("A page names no file, program, filter or link that does not exist", arguments: pages)
    func page(page: String) {
        let text = TidyTests.text(page)
        #expect(!text.isEmpty)
        #expect(Self.missingFiles(in: text) == [])
        #expect(Self.missingPrograms(in: text, manifest: TidyTests.manifest) == [])
        let tests = TidyTests.files.map(\.path).filter { $0.hasPrefix("Tests/") }
        #expect(Self.missingFilters(in: text, paths: tests) == [])
        #expect(Self.deadLinks(in: text, of: page) { Self.exists($0) ? TidyTests.text($0) : nil } == [])
    }

    @Test("What does not exist is caught")
    func canFail() {
        #expect(
            Self.missingFiles(in: "`Scripts/run` and Scripts/ran, (Scenarios/none.yaml)") == [
                "Scripts/ran", "Scenarios/none.yaml",
            ])
        let manifest = Manifest(".executableTarget(name: \"a-benchmark\")")
        #expect(Self.missingPrograms(in: "swift run -c release a-benchmark; swift run b", manifest: manifest) == ["b"])
        #expect(
            Self.missingFilters(in: "--filter HistoryTests --filter None", paths: ["Tests/HistoryTests/A.swift"]) == [
                "None"
            ])
        let links = "[a](B.md) [b](B.md#the-first-one) [c](B.md#the-second) [d](C.md) [e](https://e.org) [f](#a)"
        let dead = Self.deadLinks(in: links, of: "Documentation/A.md") { path in
            ["Documentation/B.md": "## The `first` one\n", "Documentation/A.md": "# A\n"][path]
        }
        #expect(dead == ["B.md#the-second", "C.md"])
    }
}
