import Foundation
import History
import Judging
import Testing

@testable import Reporting

@Suite("What is kept of failures is bounded, and nobody else's")
struct EvidenceFolderTests {
    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "kept-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body("\(folder)/.coherence")
    }

    private func result(_ seed: UInt64, _ verdict: RunVerdict = .violation) -> ScenarioResult {
        var result = ReportingTests.result(verdict, file: "a/b.yaml")
        result.name = "b"
        result.seed = seed
        return result
    }

    private func names(_ path: String) throws -> Set<String> {
        Set(try FileManager.default.contentsOfDirectory(atPath: path))
    }

    /// Files of one moment are told apart by their names; these are of moments that are told apart.
    private func age(_ file: String, by seconds: Double) throws {
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceNow: -seconds)], ofItemAtPath: file)
    }

    @Test("The oldest go when there are too many")
    func number() throws {
        try withFolder { path in
            let folder = EvidenceFolder(path: path, mostFiles: 3)
            for seed in 1...5 as ClosedRange<UInt64> {
                folder.keep(result(seed))
                try age("\(path)/b-seed-\(seed).jsonl", by: Double(100 - seed))
            }
            #expect(
                try names(path) == [".gitignore", "b-seed-3.jsonl", "b-seed-4.jsonl", "b-seed-5.jsonl"])
            #expect(folder.kept.map(\.file) == (3...5).map { "\(path)/b-seed-\($0).jsonl" })
            #expect(folder.failure == nil)
        }
    }

    @Test("The oldest go when there are too many bytes, and one that is too large alone is told")
    func size() throws {
        try withFolder { path in
            EvidenceFolder(path: path).keep(result(1))
            let bytes = try #require(
                try FileManager.default.attributesOfItem(atPath: "\(path)/b-seed-1.jsonl")[.size] as? Int)
            try age("\(path)/b-seed-1.jsonl", by: 100)
            let folder = EvidenceFolder(path: path, mostBytes: 2 * bytes - 1)
            folder.keep(result(2))
            #expect(try names(path) == [".gitignore", "b-seed-2.jsonl"])
            let tiny = EvidenceFolder(path: path, mostBytes: 10)
            tiny.keep(result(3))
            #expect(try names(path) == [".gitignore"])
            #expect(tiny.kept.isEmpty)
            #expect(tiny.failure?.contains("more bytes than are kept") == true)
        }
    }

    @Test("Nothing is removed from a folder that somebody else has made")
    func foreign() throws {
        try withFolder { path in
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            for name in ["mine.json", "mine.jsonl", "mine.txt"] {
                try name.write(toFile: "\(path)/\(name)", atomically: true, encoding: .utf8)
                try age("\(path)/\(name)", by: 100)
            }
            let folder = EvidenceFolder(path: path, mostFiles: 1)
            folder.keep(result(1))
            #expect(try names(path) == ["mine.json", "mine.jsonl", "mine.txt", "b-seed-1.jsonl"])
        }
    }

    @Test("What passed, what was left out, and what recorded nothing is not kept; no link is followed")
    func nothing() throws {
        try withFolder { path in
            let folder = EvidenceFolder(path: path)
            folder.keep(result(1, .pass))
            folder.keep(result(1, .unknown))
            var empty = result(2)
            empty.history = History(operations: [], keys: [])
            folder.keep(empty)
            var skipped = result(3)
            skipped.skipReason = "it offers no writes"
            folder.keep(skipped)
            #expect(!FileManager.default.fileExists(atPath: path))
            let target = path + "-target"
            try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(atPath: target) }
            try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
            folder.keep(result(4))
            #expect(folder.failure == "\(path) is no folder")
            #expect(try names(target).isEmpty)
        }
    }

    @Test("The last lines name the first calls, and how many more there are")
    func lines() {
        let kept = (1...5).map { EvidenceFolder.Kept(file: ".coherence/\($0)", command: "coherence check '\($0)'") }
        #expect(
            EvidenceFolder.lines(kept) == [
                "kept in .coherence, the oldest go by themselves:", "  again: coherence check '1'",
                "  again: coherence check '2'", "  again: coherence check '3'", "  and 2 more",
            ])
        #expect(EvidenceFolder.lines([]) == [])
    }
}
