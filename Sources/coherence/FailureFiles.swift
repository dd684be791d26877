import ArgumentParser
import Exploration
import Foundation
import History
import Reporting
import Scenarios

/// Where `explore --save` puts what it finds. The first file is opened before anything is explored.
final class FailureFiles {
    private let path: String
    private let first: OutputFile
    private var count = 0
    /// Why something could not be saved; the first reason.
    private(set) var failure: String?

    /// - Throws: if the first file cannot be opened.
    init(path: String) throws {
        self.path = path
        do {
            first = try OutputFile(path: path)
        } catch {
            throw ValidationError("--save: \(error.description.printable)")
        }
    }

    /// Saves a failure, or says on standard error why it cannot.
    /// - Returns: the file; `nil` if it could not be written.
    func save(_ failure: FoundFailure, of explored: ScenarioExploration) -> String? {
        count += 1
        let name = Self.numbered(path, count)
        do {
            let digest = try SavedFailure.digest(of: explored.variant.scenario.file)
            let file = count == 1 ? first : try OutputFile(path: name)
            try file.replace(with: explored.saved(failure, digest: digest).text())
            return name
        } catch {
            let reason = "\(error)".printable
            self.failure = self.failure ?? reason
            Console.error("coherence: --save: \(reason)")
            return nil
        }
    }

    /// `failure.json`, `failure-2.json`, `failure-3.json`.
    private static func numbered(_ path: String, _ number: Int) -> String {
        guard number > 1 else { return path }
        let ending = path.hasSuffix(".json") ? ".json" : ""
        return "\(path.dropLast(ending.count))-\(number)\(ending)"
    }
}
