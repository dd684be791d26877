import Checking
import Foundation
import Judging
import Scenarios

/// A history of `Fixtures/Cases`, what it is asked, and the verdict that is right.
struct HistoryCase: Sendable, CustomStringConvertible {
    /// `reports/deferred-put/buggy.jsonl`
    var name: String
    var path: String
    /// One of them is right.
    var verdicts: [String]
    /// Asked one by one. Empty: what is asked if nobody says.
    var checks: [String]

    var description: String { name }

    static let folder: URL = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures/Cases")

    /// All of them, in order of their names.
    static let all: [HistoryCase] = {
        var cases: [HistoryCase] = []
        for group in ["checks", "reports"] {
            let parent = folder.appending(path: group)
            let names = (try? FileManager.default.contentsOfDirectory(atPath: parent.path)) ?? []
            for name in names.sorted() {
                cases += HistoryCase.cases(in: parent.appending(path: name), "\(group)/\(name)")
            }
        }
        return cases
    }()

    private static func cases(in folder: URL, _ name: String) -> [HistoryCase] {
        let text = (try? String(contentsOf: folder.appending(path: "expected"), encoding: .utf8)) ?? ""
        return text.split(separator: "\n").compactMap { line in
            let line = String(line)
            guard
                let found = line.firstMatch(of: /^(\S+\.(?:jsonl|edn|txt|log)): (\w+)(?: or (\w+))?(?:\s+with (.*))?$/)
            else { return nil }
            let checks = (found.4 ?? "").matches(of: /--check (?:'([^']*)'|(\S+))/).map { String($0.1 ?? $0.2 ?? "") }
            return HistoryCase(
                name: "\(name)/\(found.1)", path: folder.appending(path: String(found.1)).path,
                verdicts: [String(found.2)] + (found.3.map { [String($0)] } ?? []),
                checks: checks.map { $0.replacing(/;$/, with: "") })
        }
    }

    /// What is said of it: the heaviest verdict of its checks, and unknown only if all of them say so.
    func verdict() throws -> String {
        let asked = checks.isEmpty ? [[]] : checks.map { [$0] }
        let verdicts = try asked.map { try verdict(of: $0) }
        return ["refused", "error", "violation", "pass"].first(where: verdicts.contains) ?? "unknown"
    }

    private func verdict(of checks: [String]) throws -> String {
        var configuration = HistoryJudge.Configuration()
        configuration.checks = try checks.map { try CheckDeclaration(parsing: $0, source: "--check") }
        let result = HistoryJudge(configuration).judge(path)
        if result.failure?.isUnusable == true { return "refused" }
        return result.verdict.rawValue
    }
}
