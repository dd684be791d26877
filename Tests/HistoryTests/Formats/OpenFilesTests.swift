import Foundation
import History
import Testing

/// Reading and writing give back what they opened, whatever ended them.
@Suite struct OpenFilesTests {
    @Test("A reader closes its file: at the end, before it, and where the file is refused", arguments: [
        "1 0 w x 1 0 10\n", "no history at all\n", "", "{\"format\":\"another\"}\n",
    ])
    func readersCloseTheirFiles(text: String) throws {
        let file = try ScratchText(text)
        for _ in 0..<3 {
            _ = try? History(contentsOf: file.path)
            _ = try? HistoryReader(path: file.path)
        }
        #expect(file.openDescriptors == 0)
    }

    @Test("The count of this suite sees an open file")
    func openFilesAreCounted() throws {
        let file = try ScratchText("1 0 w x 1 0 10\n")
        let handle = try #require(FileHandle(forReadingAtPath: file.path))
        #expect(file.openDescriptors == 1)
        try handle.close()
    }

    @Test("A writer closes its file, also if it was not finished")
    func writersCloseTheirFiles() throws {
        let file = try ScratchText("")
        for isFinished in [true, false] {
            var writer = try HistoryWriter(path: file.path)
            if isFinished { try writer.finish() }
        }
        #expect(file.openDescriptors == 0)
    }
}

/// A file that is there as long as the value.
private final class ScratchText {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("open-files-\(UUID().uuidString)").path

    init(_ text: String) throws { try text.write(toFile: path, atomically: false, encoding: .utf8) }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// How many descriptors of this process are open on the file.
    var openDescriptors: Int {
        let files = FileManager.default
        let descriptors = (try? files.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        return descriptors.count { (try? files.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")) == path }
    }
}
