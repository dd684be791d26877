import Checking
import Foundation
import History
import Judging
import Reporting
import Scenarios
import Support
import Testing

/// Records what came of a scenario as issues of the running test.
struct IssueRecorder {
    private let file: ScenarioFile
    let lines: ScenarioLines

    init(_ file: ScenarioFile) {
        self.file = file
        lines = ScenarioLines(file.path)
    }

    /// - Returns: what the file declares; `nil` if something is wrong with it, which is recorded then.
    func load() -> Scenario? {
        do throws(ScenarioFileError) {
            return try file.load()
        } catch {
            for (text, line, column) in error.told { record(text, line: line, column: column) }
            return nil
        }
    }

    /// - Parameters:
    ///   - line: of the scenario file, counted from 1.
    ///   - isWarning: whether the test may pass all the same.
    func record(_ text: String, line: Int, column: Int = 1, isWarning: Bool = false) {
        // The name of a module and of a file, by the rules of the test library.
        let url = URL(filePath: file.path)
        let folder = url.deletingLastPathComponent().lastPathComponent
        let location = SourceLocation(
            fileID: "\(folder.isEmpty || folder == "/" ? "Scenarios" : folder)/\(url.lastPathComponent)",
            filePath: file.path, line: max(1, line), column: max(1, column))
        Issue.record(Comment(rawValue: text), severity: isWarning ? .warning : .error, sourceLocation: location)
    }

    // MARK: Runs

    /// Records all that is wrong with a run, each at its line, and attaches what there is to look at.
    func record(_ result: ScenarioResult) {
        guard result.verdict != .pass else { return }
        let report = Self.report(result)
        Attachment.record(report, named: "\(result.baseName).txt")
        if let history = Self.history(result) { Attachment.record(history, named: "\(result.baseName).jsonl") }
        let footer = "\n\(Self.facts(result))\n\(TestSeed.line(result.runSeed ?? result.seed))"
        if let failure = result.failure {
            let heading =
                result.failureHeading == ScenarioResult.usualFailureHeading ? "" : "\(result.failureHeading): "
            record(
                "\(result.verdict.rawValue): \(heading)\(failure.printable)\(footer)", line: 1,
                isWarning: result.skipReason != nil)
        }
        for check in result.checks where check.verdict != .pass {
            let story = CheckStory(check).text
            record(story + footer, line: lines.line(ofCheck: check.check))
        }
        for target in result.targets where target.verdict != .pass {
            let figures = target.measured.map { "measured \(Figures.plain($0)) \(target.unit)" } ?? "no sample"
            record(
                "\(target.verdict.rawValue): \(target.title.printable) \(target.limitText.printable), \(figures)"
                    + footer,
                line: lines.line(ofTarget: target.title), isWarning: target.verdict == .missed && Self.isDebug)
        }
        // A verdict that none of these explains is told with the whole report.
        let told =
            result.failure != nil || result.checks.contains { $0.verdict != .pass }
            || result.targets.contains { $0.verdict != .pass }
        if !told { record(report + TestSeed.line(result.runSeed ?? result.seed), line: 1) }
    }

    /// The report of the command, which runs no Swift caches: without its line that would run this again.
    private static func report(_ result: ScenarioResult) -> String {
        TerminalReport(Report(version: "", results: [result]), isColoured: false).block(result)
            .split(separator: "\n", omittingEmptySubsequences: false).filter { !$0.hasPrefix("  reproduce: ") }
            .joined(separator: "\n")
    }

    private static func facts(_ result: ScenarioResult) -> String {
        let subject = result.subject.map { "\($0.title.printable), " } ?? ""
        return "\(result.name.printable): \(subject)\(result.world.rawValue), seed \(result.seed), "
            + Figures.count(result.operations.total, "operation")
    }

    /// The history as a file of `coherence check`; `nil` if there is none, or it is too large to be attached.
    private static func history(_ result: ScenarioResult) -> [UInt8]? {
        guard !result.history.operations.isEmpty, result.history.operations.count <= mostOperations else { return nil }
        let folder = FileManager.default.temporaryDirectory
        let path = folder.appending(path: "coherence-testing-\(UUID().uuidString).jsonl").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        guard (try? HistoryOutput(path: path, runs: 1).write(result)) != nil else { return nil }
        return (try? Data(contentsOf: URL(filePath: path))).map { Array($0) }
    }

    private static let mostOperations = 1_000_000

    /// Whether this is a debug build, which proves nothing about speed.
    private static var isDebug: Bool {
        #if DEBUG
            true
        #else
            false
        #endif
    }
}

extension ScenarioResult {
    /// `users-seed-7`
    fileprivate var baseName: String {
        let base = URL(filePath: file).deletingPathExtension().lastPathComponent.printable
        return "\(base)\(variant.isEmpty ? "" : "-\(variant)")-seed-\(seed)".replacing("/", with: "-")
            .replacing(" ", with: "-")
    }
}

/// The seed of a test's runs, and how the same are run again.
enum TestSeed {
    /// What the environment says, by which a run is repeated.
    static var given: UInt64? { ProcessInfo.processInfo.environment["COHERENCE_SEED"].flatMap { UInt64($0) } }

    /// The call that runs the test again with a seed.
    static func line(_ seed: UInt64) -> String {
        let test = Test.current.map { test in
            " --filter \(test.name.prefix { $0 != "(" })".printable
        }
        return "run again: COHERENCE_SEED=\(seed) swift test\(test ?? "")"
    }
}
