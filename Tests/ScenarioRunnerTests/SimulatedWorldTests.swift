import CacheHierarchy
import Scenarios
import Simulation
import Testing

@testable import ScenarioRunner

@Suite("Scenarios in the simulated world")
struct SimulatedWorldTests {
    static let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")

    static let scenarios: [Scenario] = {
        let loader = ScenarioLoader()
        let files = try! loader.scenarioFiles(under: "/" + root + "/Scenarios/InvalidationChain")
        return files.flatMap { try! loader.load($0).variants().map(\.scenario) }
    }()

    @Test("Every scenario passes, at the true values of its lifetimes", arguments: scenarios)
    func passes(scenario: Scenario) throws {
        for seed in 1...2 as ClosedRange<UInt64> {
            let result = SimulatedRun(scenario: scenario, defects: []).result(seed: seed)
            #expect(result.verdict == .pass, LiveWorldTests.story(result))
        }
    }
}

/// A case is called by the scenario's name rather than by all that it declares.
extension Scenario: CustomTestStringConvertible {
    public var testDescription: String { name }
}
