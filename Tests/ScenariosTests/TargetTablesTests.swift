import Foundation
import Testing

@testable import Scenarios

@Suite("Tables of targets")
struct TargetTablesTests {
    let folder: TemporaryFolder
    static let table = """
        targets: Demo
        rows:
          fast: { metric: propagation, statistic: p95, limit: "< 100ms" }
          warm: { metric: warming.duration, statistic: max, limit: "< 200ms" }
          racy: { metric: propagation, statistic: max, limit: "< 1s", where: { phase: race } }
          elsewhere: { metric: propagation, statistic: max, limit: "< 1s", where: { phase: other } }

        """

    init() throws {
        folder = try TemporaryFolder()
        try folder.write(Self.table.utf8, to: "Fixtures/Targets/demo.yaml")
    }

    /// The valid scenario with other targets, in a folder below that of the tables.
    private func load(_ targets: String) -> Result<Scenario, ScenarioErrors> {
        let start = ValidScenario.text.range(of: "targets:")!.lowerBound
        let text = ValidScenario.text[..<start] + "targets:\n" + targets + "\n"
        return Result { () throws(ScenarioErrors) in
            try ScenarioLoader().load(try! folder.write(text.utf8, to: "Scenarios/Deep/a.yaml"))
        }
    }

    private func errors(_ targets: String) -> [String] {
        guard case .failure(let errors) = load(targets) else { return [] }
        return errors.diagnostics.map { $0.description.replacing(folder.path + "/", with: "") }
    }

    @Test("Without rows, those apply whose metric and labels the scenario produces")
    func all() throws {
        let scenario = try load("  - use: demo").get()
        #expect(scenario.targets.map(\.name) == ["fast", "racy"])
        #expect(scenario.targets[0].position.description == "\(folder.path)/Fixtures/Targets/demo.yaml:3:9")
    }

    @Test("With rows, just those apply, in their order")
    func named() throws {
        #expect(try load("  - { use: demo, rows: [racy, fast] }").get().targets.map(\.name) == ["racy", "fast"])
        #expect(try load("  - { use: demo, rows: fast }").get().targets.map(\.name) == ["fast"])
    }

    @Test("A named row on a metric or a phase that the scenario has not is an error")
    func namedButNotProduced() {
        #expect(
            errors("  - { use: demo, rows: [warm, elsewhere] }") == [
                """
                Scenarios/Deep/a.yaml:30:25: error: targets.rows: found the row warm with the metric \
                warming.duration, which this scenario never produces; expected a warm phase
                """,
                """
                Scenarios/Deep/a.yaml:30:31: error: targets.rows: found the row elsewhere with the phase \
                \"other\", where propagation is never measured; expected one of write-2, invalidate-tag-3, \
                race
                """,
            ])
    }

    @Test("A row or a table that does not exist is named with the nearest one")
    func missing() {
        #expect(
            errors("  - { use: demo, rows: [fats] }\n  - use: demi") == [
                """
                Scenarios/Deep/a.yaml:30:25: error: targets.rows: found \"fats\"; expected one of fast, \
                warm, racy, elsewhere; did you mean fast?
                """,
                """
                Scenarios/Deep/a.yaml:31:10: error: targets.use: found the table \"demi\", which does not \
                exist; expected demo; did you mean demo?
                """,
            ])
    }

    @Test("A target taken twice is an error")
    func twice() {
        #expect(
            errors("  - { use: demo, rows: [fast] }\n  - { use: demo, rows: [fast] }") == [
                """
                Scenarios/Deep/a.yaml:31:25: error: targets.rows: found the target fast for the second \
                time; expected each target once
                """
            ])
    }

    @Test("A table of which no row applies is an error")
    func nothingApplies() throws {
        try folder.write(
            "targets: T\nrows:\n  w: { metric: warming.duration, statistic: max, limit: < 1s }\n".utf8,
            to: "Fixtures/Targets/warm.yaml")
        #expect(
            errors("  - use: warm") == [
                """
                Scenarios/Deep/a.yaml:30:10: error: targets.use: found a table of which no row applies to \
                this scenario; expected a table with a metric that this scenario produces
                """
            ])
    }

    @Test("The errors of a table are reported in the table, after those of the scenario")
    func wrongTable() throws {
        let text =
            """
            targets: T\nrows:\n  a: { metric: propagation, statistic: p95, limit: 100 }\n  a: { metric: \
            loads, limit: \"< 5\" }\n  b: { name: x, metric: loads }\n
            """
        try folder.write(text.utf8, to: "Fixtures/Targets/wrong.yaml")
        #expect(
            errors("  - use: wrong\n  - { metric: loads, limit: \"< 5 %\" }") == [
                """
                Scenarios/Deep/a.yaml:31:29: error: targets.limit: found \"< 5 %\"; expected a comparison \
                with a number such as 3, for loads is measured in plain numbers
                """,
                """
                Fixtures/Targets/wrong.yaml:3:52: error: rows.a.limit: found \"100\" without a comparison; \
                expected one of <, <=, >, >= and a duration such as 500ms, 60s
                """,
                """
                Fixtures/Targets/wrong.yaml:4:3: error: found \"a\" for the second time in one mapping, \
                first in line 3; expected each word once
                """,
                """
                Fixtures/Targets/wrong.yaml:5:6: error: rows.b: found no limit; expected limit: a \
                comparison such as \"< 100ms\"
                """,
                """
                Fixtures/Targets/wrong.yaml:5:8: error: rows.b: found the unknown word \"name\"; expected \
                one of metric, statistic, limit, warning, where
                """,
            ])
    }

    @Test("A name that leads out of the folder is no name of a table")
    func escape() {
        #expect(
            errors("  - use: ../../secret") == [
                """
                Scenarios/Deep/a.yaml:30:10: error: targets.use: found \"../../secret\"; expected a name of \
                letters, digits, _, - and ., beginning with a letter
                """
            ])
    }
}
