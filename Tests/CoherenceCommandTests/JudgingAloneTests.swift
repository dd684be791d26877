import Foundation
import Testing

@Suite("What judging a history takes")
struct JudgingAloneTests {
    private static let program = CommandTests.command.replacing(/coherence$/, with: "judging-alone")
    /// Names of libraries, and of modules as symbols have them.
    private static let foreign = [
        "libhiredis", "libsqlite3", "11RedisClient", "4GRDB", "10Subprocess", "9Processes", "14CacheHierarchy",
    ]

    private static func names(in program: String, of names: [String]) throws -> [String] {
        let bytes = try Data(contentsOf: URL(filePath: program), options: .alwaysMapped)
        return names.filter { bytes.range(of: Data($0.utf8)) != nil }
    }

    @Test("A program that judges histories links neither Redis nor SQLite nor what starts processes")
    func links() throws {
        #expect(try Self.names(in: Self.program, of: Self.foreign) == [])
        // The same look finds what is linked.
        #expect(try Self.names(in: Self.program, of: ["7Judging", "8Checking"]) == ["7Judging", "8Checking"])
        #expect(try Self.names(in: CommandTests.command, of: Self.foreign) == Self.foreign)
    }

    @Test("It judges: three histories that are right, and the same three with a stale read")
    func verdicts() throws {
        let folder = CommandTests.root + "/Fixtures/Histories"
        let files = try FileManager.default.contentsOfDirectory(atPath: folder).sorted().map { "\(folder)/\($0)" }
        let process = Process()
        process.executableURL = URL(filePath: Self.program)
        process.arguments = files
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let expected = files.map { "\($0.contains("stale") ? "violation" : "pass") \($0)" }
        #expect(text.split(separator: "\n").map(String.init) == expected)
        #expect(files.count == 6)
    }
}
