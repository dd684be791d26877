import Foundation
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
