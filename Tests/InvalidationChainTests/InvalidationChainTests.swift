import Foundation
import Judging
import Reporting
import ScenarioRunner
import Scenarios
import Testing

/// One case for each file in Scenarios/InvalidationChain: a new file is a new test.
@Suite("InvalidationChain", .serialized)
struct InvalidationChainTests {
    /// The folder, seen from this file: tests may be run from anywhere.
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Scenarios/InvalidationChain").path

    /// A folder that cannot be read, or is empty, is one case, which fails.
    static let files: [String] = {
        let files = (try? ScenarioLoader().scenarioFiles(under: folder)) ?? []
        return files.isEmpty ? [folder] : files
    }()

    /// `COHERENCE_SEED` runs the same workload again.
    static let seed = ProcessInfo.processInfo.environment["COHERENCE_SEED"].flatMap { UInt64($0) }

    @Test("Every scenario holds", arguments: files)
    func scenario(_ file: String) async throws {
        let scenario = try ScenarioLoader().load(file)
        let runner = try await ScenarioRunner.open()
        let results = await runner.run(scenario, seed: Self.seed ?? UInt64.random(in: 1...999_999_999))
        await runner.close()
        #expect(!results.isEmpty)
        for result in results {
            let report = Report(version: "", results: [result])
            let text = TerminalReport(report, isColoured: false).block(result) + "with COHERENCE_SEED=\(result.seed)"
            switch result.verdict {
            case .pass: break
            case .missed:
                // A debug build on a loaded machine proves nothing about speed. The gate (`coherence run`, in release)
                // fails on it; here it is told.
                Issue.record("\(text)", severity: .warning)
            case .unknown, .violation, .error: Issue.record("\(text)")
            }
        }
    }
}
