import Foundation
import Subprocess
import SystemPackage
import Testing

/// The files of `--report`.
@Suite("Reports in files", .serialized)
struct ReportCommandTests {
    private let command = CommandTests()
    private static let passing = "Fixtures/Scenarios/small-cluster.yaml"
    private static let run = ["run", passing, "--world", "simulated", "--seed", "1"]
    private static let explore = ["explore", passing, "--schedules", "20", "--seed", "1"]
    private static let check = ["check", "Fixtures/Histories/stale-read.jsonl"]

    private func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "report-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }

    @Test(
        "Several forms are written at once, beside what is printed",
        arguments: [(run, 0), (explore, 0), (check, 1)] as [([String], Int32)])
    func several(_ call: [String], _ code: Int32) async throws {
        try await withFolder { folder in
            let forms = ["html", "json", "junit", "markdown", "github"]
            let outcome = try await command.run(
                call + forms.flatMap { ["--report", "\($0)=\(folder)/report.\($0)"] })
            #expect(outcome.code == code, "\(outcome.errors)")
            #expect(outcome.output.contains("1 pass") || outcome.output.contains("pass: ") || code == 1)
            func text(_ form: String) throws -> String {
                try String(contentsOfFile: "\(folder)/report.\(form)", encoding: .utf8)
            }
            let document = try #require(
                try JSONSerialization.jsonObject(with: Data(text("json").utf8)) as? [String: Any])
            let circumstances = try #require(document["circumstances"] as? [String: Any])
            #expect((circumstances["machine"] as? [String: Any])?["system"] as? String != nil)
            #expect((circumstances["start"] as? String)?.hasSuffix("Z") == true)
            #expect(try text("junit").hasPrefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites "))
            #expect(try text("junit").hasSuffix("</testsuites>\n"))
            #expect(try text("markdown").hasPrefix("## \(code == 0 ? "✅" : "❌") `coherence \(call[0])`: "))
            #expect(try text("github").isEmpty == (code == 0))
            #expect(try text("html").hasPrefix("<!DOCTYPE html>"))
            #expect(try text("html").contains("<p class=\"kind\">coherence \(call[0])</p>"))
            #expect(try text("html").contains("v-\(code == 0 ? "pass" : "violation")"))
        }
    }

    @Test("Standard output holds one report and nothing else")
    func standardOutput() async throws {
        let outcome = try await command.run(Self.check + ["--report", "github=-"])
        #expect(outcome.code == 1)
        #expect(
            outcome.output.hasPrefix("::error file=Fixtures/Histories/stale-read.jsonl,line=1,"), "\(outcome.output)")
        #expect(outcome.output.split(separator: "\n").count == 1, "\(outcome.output)")
        let json = try await command.run(Self.run + ["--report", "json=-"])
        #expect(json.code == 0, "\(json.errors)")
        #expect(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) is [String: Any])
    }

    @Test(
        "What cannot be written is refused before anything is run",
        arguments: [
            (["--report", "junit=/nowhere/report"], "--report: /nowhere/report: No such file or directory"),
            (["--report", "json=-", "--report", "junit=-"], "found standard output twice"),
            (["--report", "json=/dev/null", "--report", "junit=/dev/null"], "found /dev/null twice"),
            (["--report", "json=-", "--format", "json"], "found - with --format json"),
            (["--report", "junit=/dev/stdout"], "/dev/stdout is where the report goes"),
            (["--report", "junti=report"], "did you mean junit?"),
            (["--report", "junit"], "found junit without a file; expected junit=FILE"),
            (["--report", "junit="], "found junit= without a file"),
        ])
    func refused(_ options: [String], _ expected: String) async throws {
        for call in [Self.run, Self.explore, Self.check] {
            let outcome = try await command.run(call + options)
            #expect(outcome.code == 64, "\(call): \(outcome.errors)")
            #expect(outcome.errors.contains(expected), "\(outcome.errors)")
            #expect(outcome.output.isEmpty, "\(outcome.output)")
        }
    }

    @Test("A report that is lost ends with 70 and the reason; a violation stays one")
    func lost() async throws {
        guard FileManager.default.fileExists(atPath: "/dev/full") else { return }
        for (call, code) in [(Self.run, Int32(70)), (Self.explore, 70), (Self.check, 1)] {
            let outcome = try await command.run(call + ["--report", "junit=/dev/full"])
            #expect(outcome.code == code, "\(call)")
            #expect(
                outcome.errors.contains("coherence: --report junit: /dev/full: No space left on device"),
                "\(outcome.errors)")
            #expect(!outcome.output.isEmpty)
        }
    }
}
