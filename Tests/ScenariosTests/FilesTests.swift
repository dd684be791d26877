import Foundation
import Testing

@testable import Scenarios

@Suite("Files and folders")
struct FilesTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// The message of the only error, without its file.
    private func error(_ path: String) -> String {
        do throws(ScenarioErrors) {
            _ = try ScenarioLoader().load(path)
            return "no error"
        } catch {
            return error.description.replacing("\(path):", with: "")
        }
    }

    @Test("A file that is not there is named")
    func missing() {
        #expect(error("\(folder.path)/no.yaml") == "1:1: error: found no file there; expected the path of a file")
    }

    @Test("A folder is no scenario")
    func folderInstead() {
        #expect(error(folder.path) == "1:1: error: found a folder; expected a file")
    }

    @Test("A device is not read")
    func device() {
        #expect(error("/dev/zero") == "1:1: error: found something that is not a regular file; expected a file")
    }

    /// The superuser may read everything.
    @Test("A file that may not be read is said to be so", .enabled(if: geteuid() != 0))
    func unreadable() throws {
        let path = try folder.write("scenario: A\n".utf8, to: "a.yaml")
        try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: path)
        #expect(error(path) == "1:1: error: found a file that cannot be opened; expected a file that may be read")
    }

    static let what = "expected a scenario: scenario, cluster, data, phases, checks"

    @Test(
        "A file without a document is described by what it holds",
        arguments: [
            ("", "1:1: error: found an empty file"), (" \n\n", "1:1: error: found an empty file"),
            ("# later\n", "1:1: error: found nothing but comments"),
        ])
    func empty(text: String, found: String) throws {
        #expect(error(try folder.write(text.utf8, to: "a.yaml")) == "\(found); \(Self.what)")
    }

    @Test("A list at the top is no scenario")
    func list() throws {
        let path = try folder.write("- a\n".utf8, to: "a.yaml")
        #expect(
            error(path)
                == "1:1: error: found a list; expected a scenario: a mapping with scenario, cluster, data, phases")
    }

    @Test("A binary file is recognised by its zero bytes")
    func binary() throws {
        let path = try folder.write([0x7F, 0x45, 0x0A, 0x00, 0x01], to: "a.yaml")
        #expect(error(path) == "2:1: error: found a zero byte, so this is a binary file; \(Self.what)")
    }

    @Test("Bytes that are not UTF-8 are found where they stand")
    func notUTF8() throws {
        let path = try folder.write(Array("scenario: A\ndescribe: caf".utf8) + [0xE9, 0x0A], to: "a.yaml")
        #expect(error(path) == "2:14: error: found bytes that are not UTF-8; \(Self.what)")
    }

    @Test("A control character is no YAML")
    func control() throws {
        let path = try folder.write("scenario: A\ndescribe: \u{1}\n".utf8, to: "a.yaml")
        #expect(error(path).hasPrefix("2:1: error: found text that is not YAML (control characters are not allowed)"))
    }

    @Test("A file beyond a mebibyte is not even parsed")
    func large() throws {
        let path = try folder.write([UInt8](repeating: UInt8(ascii: "a"), count: 1_048_577), to: "a.yaml")
        #expect(error(path) == "1:1: error: found more than 1048576 bytes; \(Self.what)")
    }

    @Test("A thousand brackets deep is refused, not overflown")
    func deep() throws {
        let path = try folder.write(("a: " + String(repeating: "[", count: 100_000)).utf8, to: "a.yaml")
        #expect(error(path).contains("found text that is not YAML"))
    }

    @Test("A file with a byte order mark and Windows line ends is read like any other")
    func windows() throws {
        let text = "\u{FEFF}" + ValidScenario.text.replacing("\n", with: "\r\n")
        let path = try folder.write(text.utf8, to: "a.yaml")
        #expect(error(path) == "no error")
    }

    @Test("Scenario files are found in all folders, in the order of their paths, without hidden ones and tables")
    func find() throws {
        for name in [
            "b/two.yaml", "a/one.yml", "top.yaml", "a/.hidden.yaml", ".git/x.yaml", "notes.txt",
            "Fixtures/Targets/t.yaml",
        ] {
            try folder.write("a: 1\n".utf8, to: name)
        }
        let files = try ScenarioLoader().scenarioFiles(under: folder.path + "/")
        #expect(files == ["a/one.yml", "b/two.yaml", "top.yaml"].map { "\(folder.path)/\($0)" })
        #expect(try ScenarioLoader().scenarioFiles(under: "\(folder.path)/top.yaml") == ["\(folder.path)/top.yaml"])
    }

    @Test("A folder without scenarios is an error, and so is nothing")
    func findNothing() throws {
        try folder.write("a".utf8, to: "notes.txt")
        for (path, found) in [(folder.path, "a folder without scenarios"), (folder.path + "/none", "nothing there")] {
            let errors = #expect(throws: ScenarioErrors.self) { try ScenarioLoader().scenarioFiles(under: path) }
            #expect(errors?.diagnostics.map(\.found) == [found], "\(path)")
        }
    }
}
