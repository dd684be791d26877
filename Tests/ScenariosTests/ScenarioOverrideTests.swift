import Foundation
import Testing

@testable import Scenarios

@Suite("Values that take the place of what a file says")
struct ScenarioOverrideTests {
    private static let text = """
        scenario: Small
        labels: [fast, nightly]
        cluster:
          instances: 2
          workers: 2
          invalidation: acknowledged
          layers:
            - L1: { ttl: 60s }
            - redis
        data:
          things: { keys: 5 }
        phases:
          - mix: { name: work, data: things, operations: 50 per worker, read: 80 %, write: 20 % }
          - inspect: everything
        checks: [sessions]
        """

    private func decode(_ overrides: String...) throws -> Scenario {
        var loader = ScenarioLoader()
        loader.overrides = try overrides.map { try ScenarioOverride($0) }
        return try loader.decode(Self.text, file: "small.yaml")
    }

    @Test(
        "A path leads through mappings and lists, by words and by numbers, and need not end at something that is there")
    func paths() throws {
        #expect(try decode("cluster.instances=8").cluster.instances == 8)
        #expect(try decode("cluster.hosts=2").cluster.hosts == 2)
        #expect(try decode("cluster.layers.L1.ttl=5s").cluster.layers.first?.ttl == .seconds(5))
        #expect(try decode("data.things.keys = 9", "data.things.keys=10").data.first?.keys == 10)
        #expect(try decode("checks=[sessions, convergence]").checks.count == 2)
        #expect(try decode("checks.1=convergence").checks == [.convergence])
        #expect(try decode("phases.mix.operations=7 per worker").phases.first != decode().phases.first)
        #expect(try decode("phases.mix.operations=50 per worker").phases == decode().phases)
        let scenario = try decode("cluster.instances=8")
        #expect(scenario.overrides == ["cluster.instances=8"])
        #expect(scenario.labels == ["fast", "nightly"])
        #expect(scenario.variants().first?.scenario.overrides == ["cluster.instances=8"])
    }

    @Test(
        "What is wrong is said with the path, and stands in no line of the file",
        arguments: [
            ("cluster.instances=many", "--set: error: cluster.instances: found \"many\"; expected a whole number"),
            ("cluster.instnces=8", "--set: error: cluster: found the unknown word \"instnces\""),
            ("cluster.instnces=8", "did you mean instances?"),
            ("cluster.layers.L9.ttl=5s", "--set: error: cluster.layers.L9: found no \"L9\" in the list"),
            ("cluster.layers.3=L2", "expected one of L1, redis, a number from 1 to 2"),
            ("cluster.layers.rediss=redis", "did you mean redis?"),
            ("cluster.instances.more=8", "found \"cluster.instances\", which has no parts; expected a path to a value"),
            ("cluster.instances", "--set: error: found \"cluster.instances\"; expected PATH=VALUE"),
            ("=8", "expected PATH=VALUE"), ("a..b=8", "expected PATH=VALUE"),
            ("cluster.instances=[", "--set: error: cluster.instances: found \"[\"; expected a value"),
            ("cluster.instances=", "cluster.instances: found"),
        ])
    func mistakes(_ text: String, _ expected: String) {
        let errors = #expect(throws: ScenarioErrors.self) { try decode(text) }
        #expect(errors?.description.contains(expected) == true, "\(errors?.description ?? "")")
        #expect(errors?.description.contains("small.yaml") == false)
    }

    @Test("A mistake of the file itself keeps its place beside one of a value")
    func both() throws {
        var loader = ScenarioLoader()
        loader.overrides = [try ScenarioOverride("cluster.instances=many")]
        let errors = #expect(throws: ScenarioErrors.self) {
            try loader.decode(Self.text.replacing("keys: 5", with: "keys: five"), file: "small.yaml")
        }
        #expect(errors?.diagnostics.map(\.line) == [11, 0])
    }

    @Test(
        "Labels are names, each once", arguments: [("[a, a]", "for the second time"), ("[a b]", "a name of letters")])
    func labels(_ labels: String, _ expected: String) {
        let text = Self.text.replacing("[fast, nightly]", with: labels)
        let errors = #expect(throws: ScenarioErrors.self) { try ScenarioLoader().decode(text, file: "small.yaml") }
        #expect(errors?.description.contains(expected) == true, "\(errors?.description ?? "")")
    }

    @Test("What a failure was found with is saved with it, and read back")
    func saved() throws {
        var failure = SavedFailureTests.failure
        failure.overrides = ["cluster.instances=8"]
        let file = FileManager.default.temporaryDirectory.appending(path: "failure-\(UUID().uuidString).json").path
        defer { try? FileManager.default.removeItem(atPath: file) }
        try failure.write(to: file)
        #expect(try SavedFailureLoader().load(file).failure == failure)
    }
}
