import Foundation
import Testing

@testable import Scenarios

@Suite("The defaults of a gate")
struct GateFileTests {
    @Test("Everything that it may say is read")
    func everything() throws {
        let file = try GateFile(
            """
            paths: [Scenarios, More]
            only: cascade
            skip: [slow, endurance]
            labels: [fast]
            seed: 7
            again: 1
            fail-fast: true
            redis: redis://localhost:6379
            timeout: 90s
            set:
              cluster.instances: 8
              data.things.keys: 10
            reports:
              junit: coherence.xml
              markdown: summary.md
            """, file: "coherence.yaml")
        #expect(file.paths == ["Scenarios", "More"])
        #expect(file.only == ["cascade"])
        #expect(file.skip == ["slow", "endurance"])
        #expect(file.labels == ["fast"])
        #expect(file.seed == 7)
        #expect(file.again == 1)
        #expect(file.isFailFast == true)
        #expect(file.redis == "redis://localhost:6379")
        #expect(file.timeout == "90s")
        #expect(file.overrides.map(\.text) == ["cluster.instances=8", "data.things.keys=10"])
        #expect(file.reports.map(\.form) == ["junit", "markdown"])
        #expect(file.reports.map(\.file) == ["coherence.xml", "summary.md"])
    }

    @Test(
        "What is wrong is said with its place and the nearest word",
        arguments: [
            ("pahts: [a]", "coherence.yaml:1:1: error: found the unknown word \"pahts\""),
            ("pahts: [a]", "did you mean paths?"),
            ("again: 11", "coherence.yaml:1:8: error: again: found \"11\"; expected a whole number from 0 to 10"),
            ("fail-fast: maybe", "expected one of true, false"), ("seed: -1", "seed: found \"-1\""),
            ("timeout: 90", "timeout: found \"90\""), ("set: [a]", "a mapping of paths to values"),
            ("set:\n  a..b: 1", "coherence.yaml:2:9: error: set.a..b: found"),
            ("set:\n  a: [1]", "set.a: found a list; expected one value"),
            ("reports: x", "a mapping of forms to files"),
            ("only: [a, a]", "for the second time"), ("- a", "expected the defaults of coherence gate"),
            ("paths: [a", "text that is not YAML"),
        ])
    func mistakes(_ text: String, _ expected: String) {
        let errors = #expect(throws: ScenarioErrors.self) { try GateFile(text, file: "coherence.yaml") }
        #expect(errors?.description.contains(expected) == true, "\(errors?.description ?? "")")
    }

    @Test("A folder of scenarios may have one, which is no scenario")
    func folder() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "gate-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for name in ["a.yaml", "coherence.yaml"] {
            try "".write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
        }
        #expect(try ScenarioLoader().scenarioFiles(under: folder) == ["\(folder)/a.yaml"])
    }
}
