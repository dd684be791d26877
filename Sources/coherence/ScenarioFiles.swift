import ArgumentParser
import Foundation
import Reporting
import Scenarios

/// The scenarios that a command is about.
struct ScenarioFiles: ParsableArguments {
    @Argument(
        help: "Scenario files, or folders of them. Without any: the folder Scenarios.",
        completion: .file(extensions: ["yaml", "yml"]))
    var paths: [String] = []

    /// The files named, and those in the folders named, in order.
    /// - Throws: after saying what is wrong, the exit code 64.
    func list() throws -> [String] {
        var files: [String] = []
        for path in paths.isEmpty ? ["Scenarios"] : paths {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
                throw fail("there is no file or folder \(path)")
            }
            let found = isFolder.boolValue ? try ScenarioLoader().scenarioFiles(under: path) : [path]
            if found.isEmpty { throw fail("there are no scenario files (.yaml) in \(path)") }
            files += found
        }
        return files
    }

    /// All scenarios, or all mistakes in all of the files.
    /// - Throws: after printing the mistakes, the exit code 64.
    func load() throws -> [Scenario] {
        let files = try list()
        var scenarios: [Scenario] = []
        var mistakes: [ScenarioDiagnostic] = []
        for file in files {
            do {
                scenarios.append(try ScenarioLoader().load(path: file))
            } catch let error as ScenarioErrors {
                mistakes += error.diagnostics
            }
        }
        guard mistakes.isEmpty else {
            for mistake in mistakes { Console.error("\(mistake)") }
            throw fail(mistakes.count == 1 ? "1 mistake" : "\(mistakes.count) mistakes")
        }
        return scenarios
    }

    private func fail(_ message: String) -> ArgumentParser.ExitCode {
        Console.error("coherence: \(message)")
        return ArgumentParser.ExitCode(Reporting.ExitCode.usage.rawValue)
    }
}
