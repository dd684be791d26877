import Foundation
import Scenarios
import Testing

/// A scenario file, as an argument of a test.
///
/// ```swift
/// @Test(arguments: ScenarioFile.all(in: "Scenarios"))
/// func coherent(_ scenario: ScenarioFile) async throws {
///     try await scenario.run(on: MyCache.init)
/// }
/// ```
public struct ScenarioFile: Sendable, Hashable, Codable {
    /// Where the file is.
    public let path: String
    /// As a list of tests shows it.
    private let name: String
    /// Why it stands for no file.
    private let problem: String?

    /// One file, whether or not it is there.
    /// - Parameters:
    ///   - path: from the folder of the calling file, or from the root.
    ///   - caller: the calling file.
    public init(_ path: String, relativeTo caller: String = #filePath) {
        self.init(path: Self.absolute(path, from: caller), name: path, problem: nil)
    }

    private init(path: String, name: String, problem: String?) {
        self.path = path
        self.name = name
        self.problem = problem
    }

    /// All scenario files in a folder and in the folders inside it, in the order of their paths.
    ///
    /// A folder that is missing, cannot be read or has no scenario is one element, and running that fails with the
    /// reason: no test passes because it was given nothing to run.
    /// - Parameters:
    ///   - folder: from the folder of the calling file, or from the root.
    ///   - caller: the calling file.
    public static func all(in folder: String, relativeTo caller: String = #filePath) -> [ScenarioFile] {
        let path = absolute(folder, from: caller)
        do throws(ScenarioErrors) {
            return try ScenarioLoader().scenarioFiles(under: path).map { file in
                let inside = file.hasPrefix(path + "/") ? String(file.dropFirst(path.count + 1)) : folder
                return ScenarioFile(path: file, name: inside, problem: nil)
            }
        } catch {
            return [ScenarioFile(path: path, name: folder, problem: error.description)]
        }
    }

    private static func absolute(_ path: String, from caller: String) -> String {
        URL(filePath: path, relativeTo: URL(filePath: caller).deletingLastPathComponent()).standardizedFileURL.path
    }

    /// What the file declares.
    /// - Throws: ``ScenarioFileError`` with all that is wrong with it.
    func load() throws(ScenarioFileError) -> Scenario {
        if let problem { throw ScenarioFileError(told: [(problem, 1, 1)]) }
        do throws(ScenarioErrors) {
            var loader = ScenarioLoader()
            loader.isForSubject = true
            return try loader.load(path)
        } catch {
            throw ScenarioFileError(
                told: error.diagnostics.prefix(ScenarioErrors.mostTold).map { ($0.description, $0.line, $0.column) })
        }
    }
}

extension ScenarioFile: CustomTestStringConvertible {
    /// The path inside its folder.
    public var testDescription: String { name }
}

/// What is wrong with a scenario file.
struct ScenarioFileError: Error {
    /// Sentences, each with its line and column.
    let told: [(text: String, line: Int, column: Int)]
}
