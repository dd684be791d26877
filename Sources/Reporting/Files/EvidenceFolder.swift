import Exploration
import Foundation
import History
import Judging
import Scenarios
import Support

/// Keeps what proves a failure, so that nobody has to provoke it again: histories of runs, and what exploring found.
///
/// The folder is made with the first failure. It holds a bounded number of files of a bounded size together; the oldest
/// go first. Git takes no notice of it. Nothing is removed from a folder that somebody else has made.
public final class EvidenceFolder: Sendable {
    /// A file that was kept, and what to do with it.
    public struct Kept: Sendable, Hashable, Codable {
        /// The path, from the working directory.
        public var file: String
        /// The call that judges or replays it.
        public var command: String
    }

    private struct State {
        var kept: [Kept] = []
        var failure: String?
    }

    /// In the working directory.
    public static let usualPath = ".coherence"
    /// By which a folder that was made here is known.
    static let mark = "# What coherence keeps of failed runs: the oldest files go by themselves.\n*\n"

    private let path: String
    private let mostFiles: Int
    private let mostBytes: Int
    private let state = Lock(State())

    /// - Parameters:
    ///   - mostFiles: that are kept, those of earlier calls included.
    ///   - mostBytes: that they have together.
    public init(path: String = EvidenceFolder.usualPath, mostFiles: Int = 50, mostBytes: Int = 256 << 20) {
        self.path = path
        self.mostFiles = mostFiles
        self.mostBytes = mostBytes
    }

    /// What was kept and is still there, in its order.
    public var kept: [Kept] {
        state.withLock { $0.kept }.filter { FileManager.default.fileExists(atPath: $0.file) }
    }

    /// Why something could not be kept; the first reason.
    public var failure: String? { state.withLock { $0.failure } }

    /// Keeps the history of a run that failed. One of which nothing is known proves nothing.
    public func keep(_ result: ScenarioResult) {
        guard result.verdict >= .missed, result.skipReason == nil, !result.history.operations.isEmpty else { return }
        keep(result.historyName, command: "coherence check") { partial in
            var writer = try HistoryWriter(path: partial)
            try writer.declare(checks: result.declarations.map(\.text))
            try writer.write(result.history)
            try writer.finish()
        }
    }

    /// Keeps what exploring found.
    /// - Parameter seed: of the exploration.
    /// - Returns: the file; `nil` if it could not be written.
    public func keep(_ failure: FoundFailure, of exploration: ScenarioExploration, seed: UInt64) -> String? {
        let variant = exploration.variant
        let base = URL(filePath: variant.scenario.file).deletingPathExtension().lastPathComponent
        let words = [base, variant.label, "explored-seed-\(seed)", "schedule-\(failure.number)"].filter { !$0.isEmpty }
        let name = ScenarioResult.fileName(words) + ".json"
        return keep(name, command: "coherence replay") { partial in
            let digest = try SavedFailure.digest(of: variant.scenario.file)
            try OutputFile(path: partial).replace(with: exploration.saved(failure, digest: digest).text())
        }
    }

    @discardableResult
    private func keep(_ name: String, command: String, by write: (_ partial: String) throws -> Void) -> String? {
        let (file, partial) = ("\(path)/\(name)", "\(path)/.partial-\(getpid())-\(name)")
        do {
            try prepare()
            defer { unlink(partial) }
            try write(partial)
            guard rename(partial, file) == 0 else { throw OutputFile.Failure(at: file, errno) }
        } catch {
            state.withLock { $0.failure = $0.failure ?? "\(error)" }
            return nil
        }
        // One seed gives one file, however often it is run.
        let one = Kept(file: file, command: "\(command) \(ShellWord.quoted(file))")
        state.withLock { state in
            state.kept.removeAll { $0 == one }
            state.kept.append(one)
        }
        removeOldest()
        return FileManager.default.fileExists(atPath: file) ? file : nil
    }

    /// Makes the folder, with what keeps it out of Git.
    private func prepare() throws(OutputFile.Failure) {
        var status = stat()
        if lstat(path, &status) != 0 {
            guard mkdir(path, 0o755) == 0 || errno == EEXIST else { throw OutputFile.Failure(at: path, errno) }
            let ignored = try OutputFile(path: "\(path)/.gitignore")
            do { try ignored.replace(with: Self.mark) } catch { throw OutputFile.Failure(description: "\(error)") }
        } else if status.st_mode & S_IFMT != S_IFDIR {
            throw OutputFile.Failure(description: "\(path) is no folder")
        }
    }

    /// Whether the folder was made here, and not by somebody who keeps something else in it.
    private var isOurs: Bool {
        (try? String(contentsOfFile: "\(path)/.gitignore", encoding: .utf8)) == Self.mark
    }

    private func removeOldest() {
        guard isOurs, let names = try? FileManager.default.contentsOfDirectory(atPath: path) else { return }
        var files = names.filter { !$0.hasPrefix(".") && ($0.hasSuffix(".jsonl") || $0.hasSuffix(".json")) }
            .compactMap { name -> (path: String, time: Double, size: Int)? in
                var status = stat()
                let file = "\(path)/\(name)"
                guard lstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
                #if canImport(Darwin)
                    let time = status.st_mtimespec
                #else
                    let time = status.st_mtim
                #endif
                return (file, Double(time.tv_sec) + Double(time.tv_nsec) / 1e9, Int(status.st_size))
            }.sorted { ($0.time, $0.path) > ($1.time, $1.path) }
        var bytes = files.reduce(0) { $0 + $1.size }
        while let oldest = files.last, files.count > mostFiles || bytes > mostBytes {
            unlink(oldest.path)
            bytes -= oldest.size
            files.removeLast()
            if files.isEmpty {
                state.withLock { state in
                    state.failure = state.failure ?? "\(oldest.path) had more bytes than are kept: \(oldest.size)"
                }
            }
        }
    }
}

extension EvidenceFolder {
    /// The last lines of a report: where the evidence is, and what to do with it.
    public static func lines(_ kept: [Kept]) -> [String] {
        guard let first = kept.first else { return [] }
        let folder = URL(filePath: first.file).deletingLastPathComponent().relativePath
        let shown = kept.prefix(3).map { "  again: \($0.command)" }
        let rest = kept.count - shown.count
        return ["kept in \(folder), the oldest go by themselves:"] + shown
            + (rest > 0 ? ["  and \(Figures.count(rest)) more"] : [])
    }
}
