import ArgumentParser
import Foundation
import History
import Reporting
import Scenarios

/// The scenarios that a command is about.
struct ScenarioFiles: ParsableArguments {
    @Argument(
        help: "Scenario files, or folders of them. Without any: the folder Scenarios.",
        completion: .file(extensions: ["yaml", "yml"]))
    var paths: [String] = []

    @Flag(
        name: .customLong("large"),
        help: "Take scenarios beyond the usual limits of keys, values and operations.")
    var isLarge = false

    private enum CodingKeys: String, CodingKey { case paths, isLarge }

    /// The path that means standard input.
    private static let standardInput = "-"
    /// Whether ``standardInput`` may be among the paths; elsewhere a scenario is named in lines that run it again.
    private var takesStandardInput = false

    /// The same, with `-` as standard input.
    var orStandardInput: ScenarioFiles {
        var files = self
        files.takesStandardInput = true
        return files
    }

    private func loader(_ overrides: [ScenarioOverride]) -> ScenarioLoader {
        var loader = ScenarioLoader(limits: isLarge ? .large : .usual)
        loader.overrides = overrides
        return loader
    }

    /// The options of these files, without a command line.
    static func file(_ path: String) -> ScenarioFiles {
        var files = ScenarioFiles()
        files.paths = [path]
        files.isLarge = true
        return files
    }

    /// The files named, and those in the folders named, in order, and whether each, or the folder that it lies in, was named
    /// itself.
    /// - Throws: ``ScenarioErrors`` if there are none to be found.
    private func list() throws(ScenarioErrors) -> [(file: String, isNamed: Bool)] {
        var files: [(file: String, isNamed: Bool)] = []
        for path in paths.isEmpty ? ["Scenarios"] : paths {
            if path == Self.standardInput, takesStandardInput {
                files.append((path, true))
                continue
            }
            let named = URL(filePath: path).standardizedFileURL.path
            files += try ScenarioLoader().scenarioFiles(under: path).map { file in
                let url = URL(filePath: file).standardizedFileURL
                return (file, [url.path, url.deletingLastPathComponent().path].contains(named))
            }
        }
        return files
    }

    /// All scenarios that are to be run, or all mistakes in all of the files. Says which are left out because they take long.
    /// - Throws: after printing the mistakes, the exit code 64.
    /// - Returns: these, and those that are left out.
    func loadForRunning(_ overrides: [ScenarioOverride] = []) throws -> (
        scenarios: [DeclaredScenario], unnamed: [DeclaredScenario]
    ) {
        let all = try loadAll(overrides)
        let left = all.filter { $0.isNamed || !$0.scenario.isRunOnlyWhenNamed }
        let unnamed = all.filter { !$0.isNamed && $0.scenario.isRunOnlyWhenNamed }.map(\.scenario)
        if !unnamed.isEmpty {
            let files = unnamed.map(\.file)
            Console.error("left out, to be run when named: \(files.joined(separator: ", "))".printable)
        }
        return (left.map(\.scenario), unnamed)
    }

    /// All scenarios, with whether each, or the folder that it lies in, was named itself.
    /// - Throws: after printing the mistakes, the exit code 64.
    func loadForChoosing(_ overrides: [ScenarioOverride]) throws -> [(scenario: DeclaredScenario, isNamed: Bool)] {
        try loadAll(overrides)
    }

    /// All scenarios, or all mistakes in all of the files.
    /// - Throws: after printing the mistakes, the exit code 64.
    func load(_ overrides: [ScenarioOverride] = []) throws -> [DeclaredScenario] {
        try loadAll(overrides).map(\.scenario)
    }

    private func loadAll(_ overrides: [ScenarioOverride]) throws -> [(scenario: DeclaredScenario, isNamed: Bool)] {
        var scenarios: [(scenario: DeclaredScenario, isNamed: Bool)] = []
        var mistakes: [ScenarioDiagnostic] = []
        let loader = loader(overrides)
        do throws(ScenarioErrors) {
            for (file, isNamed) in try list() {
                do throws(ScenarioErrors) {
                    if file == Self.standardInput {
                        let text = try StandardInput.text()
                        scenarios.append((try loader.decodeAny(text, file: "standard input"), true))
                        continue
                    }
                    scenarios.append((try loader.loadAny(file), isNamed))
                } catch {
                    mistakes += error.diagnostics
                }
            }
        } catch {
            mistakes += error.diagnostics
        }
        guard mistakes.isEmpty else {
            Console.error(SourceExcerpt.text(ScenarioErrors(mistakes)))
            throw fail(mistakes.count == 1 ? "1 mistake" : "\(mistakes.count) mistakes")
        }
        return scenarios
    }

    private func fail(_ message: String) -> ArgumentParser.ExitCode {
        Console.error("coherence: \(message)")
        return ArgumentParser.ExitCode(Reporting.ExitCode.usage.rawValue)
    }
}
