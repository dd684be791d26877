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
    /// - Throws: ``ScenarioErrors`` if there are none to be found.
    private func list() throws(ScenarioErrors) -> [String] {
        var files: [String] = []
        for path in paths.isEmpty ? ["Scenarios"] : paths { files += try ScenarioLoader().scenarioFiles(under: path) }
        return files
    }

    /// All scenarios, or all mistakes in all of the files.
    /// - Throws: after printing the mistakes, the exit code 64.
    func load() throws -> [Scenario] {
        var scenarios: [Scenario] = []
        var mistakes: [ScenarioDiagnostic] = []
        do throws(ScenarioErrors) {
            for file in try list() {
                do throws(ScenarioErrors) {
                    scenarios.append(try ScenarioLoader().load(file))
                } catch {
                    mistakes += error.diagnostics
                }
            }
        } catch {
            mistakes += error.diagnostics
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
