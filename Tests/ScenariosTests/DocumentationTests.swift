import Foundation
import Testing

@testable import Scenarios

@Suite("The documentation of the format")
struct DocumentationTests {
    let text: String

    init() throws {
        text = try String(contentsOfFile: packageFolder + "/Documentation/ScenarioFormat.md", encoding: .utf8)
    }

    @Test("Its complete example loads")
    func example() throws {
        let parts = text.components(separatedBy: "```yaml\n")
        let example = try #require(parts.dropFirst().first?.components(separatedBy: "```").first)
        let scenario = try ScenarioLoader(targetsFolder: packageFolder + "/Fixtures/Targets")
            .decode(example, file: "example.yaml")
        #expect(scenario.targets.count == 3)
    }

    @Test("Its complete bridge loads")
    func bridge() throws {
        let example = try #require(
            text.components(separatedBy: "<!-- example: bridge -->\n```yaml\n").last?.components(separatedBy: "```")
                .first)
        let scenario = try BridgeScenarioTests.load(example)
        #expect(scenario.targets.count == 7)
    }

    @Test("It names every word of the vocabulary")
    func words() {
        var words = ScenarioDecoder.words + ScenarioDecoder.phaseWords + CheckDeclaration.words + TargetDecoder.words
        words += Metric.catalogue.map(\.name) + Actors.allCases.map(\.rawValue) + World.declarable.map(\.rawValue)
        words += Eviction.allCases.map(\.rawValue) + InvalidationMode.allCases.map(\.rawValue)
        words += Metric.Label.allCases.map(\.rawValue) + Statistic.allCases.map(\.rawValue)
        words += Array(Units.durations.keys.filter { $0 != "\u{3BC}s" }) + Array(Units.sizes.keys)
        words += [
            "instances", "hosts", "workers", "time-scale", "provider", "manager", "breaker", "failures", "rest",
            "longest-rest", "layers", "capacity", "ttl", "eviction", "keys", "value", "bus", "bus-length",
        ]
        words += Bus.allCases.map(\.rawValue)
        words += FaultDecoder.words + ["faults", "whom", "during", "after", "until", "for", "data", "lease"]
        words += BridgeScenarioDecoder.words + BridgeScenarioDecoder.bridgeWords
        words += BridgeDeclaration.Transport.allCases.map(\.rawValue)
        words += BridgeDeclaration.Fault.allCases.map(\.rawValue) + ["instances 2 to 5"]
        words += ["tags", "by", "operations", "distribution", "skew", "use", "rows", "protects", "revenue"]
        let missing = words.filter { !text.contains("`\($0)`") }
        #expect(missing == [])
    }
}
