import Foundation
import Judging
import Reporting
import ScenarioRunner
import Scenarios
import Testing

/// The files in Scenarios/Providers. Each file is a test in each of its worlds.
@Suite("Scenarios of providers", .serialized)
struct ProviderScenariosTests {
    static let folder =
        "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/") + "/Scenarios/Providers/"

    /// The names of the files without the ending. An empty folder gives one case, which fails.
    static let names: [String] = {
        let files = (try? ScenarioLoader().scenarioFiles(under: folder)) ?? []
        let names = files.map { URL(filePath: $0).deletingPathExtension().lastPathComponent }
        return names.isEmpty ? ["(none)"] : names
    }()

    @Test("Every scenario holds, in every world that it allows", arguments: names)
    func scenario(name: String) async throws {
        let scenario = try ScenarioLoader().load(Self.folder + name + ".yaml")
        var configuration = ScenarioRunner.Configuration()
        configuration.worlds = World.allCases
        let runner = try await ScenarioRunner.open(configuration)
        let results = await runner.run(scenario, seed: 1)
        await runner.close()
        #expect(results.count == scenario.worlds.count)
        for result in results {
            let text = TerminalReport(Report(version: "", results: [result]), isColoured: false).block(result)
            switch result.verdict {
            case .pass: break
            // A debug build on a busy machine proves nothing about speed.
            case .missed: Issue.record("\(text)", severity: .warning)
            case .unknown, .violation, .error: Issue.record("\(text)")
            }
        }
    }
}
