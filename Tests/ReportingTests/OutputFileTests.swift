import Foundation
import Judging
import Testing

@testable import Reporting

@Suite("A file that is opened before the work")
struct OutputFileTests {
    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "output-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    @Test("Without a result nothing is left of it, and a link to it stays")
    func nothing() throws {
        try withFolder { folder in
            let (link, target) = (folder + "/link", folder + "/target")
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "target")
            for path in [target, link] {
                do { _ = try OutputFile(path: path) }
                #expect(access(target, F_OK) != 0)
            }
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "target")
        }
    }

    @Test("A history's file has no name that a terminal obeys, or that stands the wrong way round")
    func names() throws {
        try withFolder { folder in
            var result = ReportingTests.violated
            result.file = "Scenarios/a\u{1B}[2Jb\u{202E}c.yaml"
            result.name = "x [keys=1\u{7}]"
            let file = try HistoryOutput(path: folder + "/", runs: 1).write(result)
            #expect(file == folder + "/au{1B}[2Jbu{202E}c-keys-1u{7}-seed-42.jsonl")
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: folder) == [
                    String(file.dropFirst(folder.count + 1))
                ])
        }
    }

    @Test("What was there is kept until there is a result, and then replaced where the link leads")
    func something() throws {
        try withFolder { folder in
            let (link, target) = (folder + "/link", folder + "/target")
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "target")
            try "before".write(toFile: target, atomically: false, encoding: .utf8)
            do { _ = try OutputFile(path: link) }
            #expect(try String(contentsOfFile: target, encoding: .utf8) == "before")
            try OutputFile(path: link).replace(with: "new")
            #expect(try String(contentsOfFile: target, encoding: .utf8) == "new")
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "target")
        }
    }
}
