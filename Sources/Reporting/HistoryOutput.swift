import Foundation
import History
import ScenarioRunner

/// Where the histories of a run go.
public struct HistoryOutput: Sendable {
    private let path: String
    private let isFolder: Bool

    /// - Parameters:
    ///   - path: a file, or a folder if it ends with a slash or is one.
    ///   - runs: how many histories there will be.
    /// - Throws: ``Refusal`` if so many do not go there.
    public init(path: String, runs: Int) throws(Refusal) {
        var isDirectory: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
        isFolder = path.hasSuffix("/") || (exists && isDirectory.boolValue)
        self.path = path
        if runs > 1 && !isFolder {
            throw Refusal(description: "\(path) is one file, and there are \(runs) runs; \(path)/ is a folder for them")
        }
        if isFolder && !exists {
            do {
                try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            } catch {
                throw Refusal(description: "the folder \(path) cannot be made: \(error.localizedDescription)")
            }
        }
    }

    /// Why histories do not go where they were told to.
    public struct Refusal: Error, CustomStringConvertible {
        public let description: String
    }

    /// Writes the history of a run, with the checks that it was asked.
    /// - Returns: the file.
    /// - Throws: what the system says if it cannot be written.
    @discardableResult
    public func write(_ result: ScenarioResult) throws(HistoryFileError) -> String {
        let file = isFolder ? (path.hasSuffix("/") ? path : path + "/") + result.historyName : path
        var writer = try HistoryWriter(path: file)
        try writer.declare(checks: result.declarations.map(\.text))
        try writer.write(result.history)
        try writer.finish()
        return file
    }
}

extension ScenarioResult {
    /// `race-prevention-announced-seed-7.jsonl`, `layer-consistency-layers-L1+L2-seed-7.jsonl`.
    fileprivate var historyName: String {
        let base = URL(filePath: file).deletingPathExtension().lastPathComponent
        let variant = name.split(separator: "[").dropFirst().first?.dropLast().split(separator: ", ") ?? []
        let words: [String] =
            [base] + variant.map { String($0.replacing("=", with: "-").replacing("/", with: "-")) }
            + (world == .live ? [] : [world.rawValue])
            + ["seed-\(seed)"]
        return words.joined(separator: "-").replacing(" ", with: "-") + ".jsonl"
    }
}
