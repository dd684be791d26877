import Foundation
import History
import Judging
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Whatever is under way, a history is given up when its time is up. The limits are short, and what is measured against is
/// long: an answer at all is what matters.
@Suite("The time limit of a history", .timeLimit(.minutes(5)), .computing)
struct HistoryTimeLimitTests {
    private func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "limits-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder.path)
    }

    private func judged(_ file: String, after limit: Duration, stream: Bool) -> HistoryResult {
        var configuration = HistoryJudge.Configuration()
        configuration.timeLimit = limit
        configuration.isStreaming = stream
        return HistoryJudge(configuration).judge(file)
    }

    private func expectGivenUp(_ result: HistoryResult) {
        #expect(result.verdict == .unknown)
        #expect(result.failure?.isUnusable == false)
        #expect(result.failure?.description.hasPrefix("the time allowed was up") == true)
        #expect(result.duration < 60)
    }

    @Test("A pipe to which nobody writes", arguments: [false, true])
    func pipeWithoutWriter(stream: Bool) throws {
        try withFolder { folder in
            let path = folder + "/pipe"
            try #require(mkfifo(path, 0o600) == 0)
            expectGivenUp(judged(path, after: .milliseconds(100), stream: stream))
        }
    }

    @Test(
        "A pipe that falls silent, wherever that is",
        arguments: [
            "", "{\"for", #"{"format":"swift-cache-coherence history","version":1}"# + "\n",
            #"{"format":"swift-cache-coherence history","version":1}"#
                + "\n{\"kind\":\"read\",\"key\":\"a\",\"start\":1}\n",
            "{:type :invoke, :f :read, :process 0}", "1 0 x w 5 1 2\n2 0 x",
        ])
    func silentPipe(text: String) throws {
        try withFolder { folder in
            let path = folder + "/pipe"
            try #require(mkfifo(path, 0o600) == 0)
            let descriptor = open(path, O_RDWR)
            try #require(descriptor >= 0)
            defer { close(descriptor) }
            try #require(write(descriptor, text, text.utf8.count) == text.utf8.count)
            for stream in [false, true] {
                expectGivenUp(judged(path, after: .milliseconds(100), stream: stream))
                try #require(write(descriptor, text, text.utf8.count) == text.utf8.count)
            }
        }
    }

    @Test("What comes in time is read to its end, however small the pieces are")
    func slowPipe() throws {
        try withFolder { folder in
            let path = folder + "/pipe"
            try #require(mkfifo(path, 0o600) == 0)
            let text = "1 0 x w 5 1 2\n2 0 x r 5 3 4\n"
            let writer = Thread {
                let descriptor = open(path, O_WRONLY)
                for byte in text.utf8 {
                    withUnsafeBytes(of: byte) { _ = write(descriptor, $0.baseAddress, 1) }
                }
                close(descriptor)
            }
            writer.start()
            let result = judged(path, after: .seconds(120), stream: false)
            #expect(result.verdict == .pass, "\(result.failure?.description ?? "")")
            #expect(result.operations.total == 2)
        }
    }

    @Test("A search that would take for ever")
    func search() throws {
        try withFolder { folder in
            let path = folder + "/hard.txt"
            // All overlap, most values were written several times, and the last read has no write.
            var lines = (0..<60).map { "\($0) \($0) x cas \($0 % 7) \($0 % 5) 0 1000" }
            lines += (0..<60).map { "\(100 + $0) \(100 + $0) x w \($0 % 6) 0 1000" }
            lines.append("999 999 x r 77 2000 2001")
            try lines.joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
            let result = judged(path, after: .milliseconds(300), stream: false)
            #expect(result.verdict == .unknown)
            #expect(result.duration < 60)
        }
    }

    @Test("A file that is missing, or wrong, is no question of time")
    func unusable() throws {
        #expect(judged("/nowhere/at/all", after: .seconds(60), stream: false).failure?.isUnusable == true)
        try withFolder { folder in
            let path = folder + "/wrong.txt"
            try "1 0 x q 5 1 2\n".write(toFile: path, atomically: true, encoding: .utf8)
            #expect(judged(path, after: .seconds(60), stream: false).failure?.isUnusable == true)
        }
    }
}
