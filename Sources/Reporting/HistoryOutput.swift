import Foundation
import History
import Judging
import Scenarios

/// Where the histories of a run go. A file is opened, and a folder made, before anything is run: what cannot be written
/// need not be recorded.
public final class HistoryOutput: Sendable {
    private enum Place: Sendable {
        case folder
        /// Open for as long as this lives.
        case file(OutputFile)
    }

    private let path: String
    private let place: Place

    /// - Parameters:
    ///   - path: a file, or a folder if it ends with a slash or is one.
    ///   - runs: how many histories there will be.
    /// - Throws: ``Refusal`` if so many do not go there, or if nothing can be written there.
    public init(path: String, runs: Int) throws(Refusal) {
        var isDirectory: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
        let isFolder = path.hasSuffix("/") || (exists && isDirectory.boolValue)
        self.path = path
        if runs > 1 && !isFolder {
            throw Refusal(description: "\(path) is one file, and there are \(runs) runs; \(path)/ is a folder for them")
        }
        guard isFolder else {
            do {
                place = .file(try OutputFile(path: path))
            } catch {
                throw Refusal(description: error.description)
            }
            return
        }
        if !exists {
            do {
                try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            } catch {
                throw Refusal(description: "the folder \(path) cannot be made: \(error.localizedDescription)")
            }
        }
        guard access(path, W_OK | X_OK) == 0 else {
            throw Refusal(description: "nothing can be written into the folder \(path): \(OutputFile.reason(errno))")
        }
        place = .folder
    }

    /// Why histories do not go where they were told to.
    public struct Refusal: Error, CustomStringConvertible {
        public let description: String
    }

    /// Writes the history of a run, with the checks that it was asked.
    /// - Returns: the file.
    /// - Throws: what the system says if it cannot be written.
    @discardableResult
    public func write(_ result: ScenarioResult) throws -> String {
        switch place {
        case .folder:
            let file = (path.hasSuffix("/") ? path : path + "/") + result.historyName
            var writer = try HistoryWriter(path: file)
            try writer.declare(checks: result.declarations.map(\.text))
            try writer.write(result.history)
            try writer.finish()
            return file
        case .file(let file):
            try file.replace { descriptor in
                var writer = try HistoryWriter(descriptor: descriptor, name: path)
                try writer.declare(checks: result.declarations.map(\.text))
                try writer.write(result.history)
                try writer.finish()
            }
            return path
        }
    }
}

extension ScenarioResult {
    /// `race-prevention-announced-seed-7.jsonl`, `layer-consistency-layers-L1+L2-seed-7.jsonl`.
    var historyName: String {
        let base = URL(filePath: file).deletingPathExtension().lastPathComponent
        let variant = name.split(separator: "[").dropFirst().first?.dropLast().split(separator: ", ") ?? []
        let words: [String] =
            [base] + variant.map { String($0.replacing("=", with: "-").replacing("/", with: "-")) }
            + (world == .live ? [] : [world.rawValue])
            + ["seed-\(seed)"]
        return Self.fileName(words) + ".jsonl"
    }

    /// The name of a file. A terminal that lists the folder obeys nothing of it, and it leads to no other folder.
    static func fileName(_ words: [String]) -> String {
        words.joined(separator: "-").replacing(" ", with: "-").replacing("/", with: "-").printable
            .replacing("\\", with: "")
    }
}
