import Testing

@testable import Scenarios

@Suite("Limits of size")
struct LimitsTests {
    private static func errors(_ replacements: [(String, String)], _ limits: ScenarioLimits = .usual) -> [String] {
        var text = ValidScenario.text
        for (old, new) in replacements {
            precondition(text.contains(old), "nothing to replace: \(old)")
            text = text.replacing(old, with: new)
        }
        do throws(ScenarioErrors) {
            _ = try ScenarioLoader(targetsFolder: ValidScenario.noTables, limits: limits)
                .decode(text, file: ValidScenario.file)
            return []
        } catch {
            return error.diagnostics.map(\.description)
        }
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let what: String
        let replacements: [(String, String)]
        let error: String
        var testDescription: String { what }
    }

    static let cases = [
        Case(
            what: "keys of a set", replacements: [("keys: 10,", "keys: 1000001,")],
            error:
                #"chain.yaml:14:18: error: data.users.keys: found "1000001"; expected a whole number from 1 to 1000000"#
        ),
        Case(
            what: "keys of all sets", replacements: [("keys: 10,", "keys: 999996,")],
            error:
                """
                chain.yaml:14:3: error: data: found 1000001 keys in all; expected at most 1000000 (10000000 \
                with --large)
                """
        ),
        Case(
            what: "a value", replacements: [("1 KB", "17 MiB")],
            error: #"chain.yaml:14:29: error: data.users.value: found "17 MiB"; expected a size from 1 B to 16 MiB"#),
        Case(
            what: "values in all", replacements: [("keys: 10,", "keys: 1000,"), ("1 KB", "5 MiB")],
            error:
                """
                chain.yaml:14:3: error: data: found values of 5000 MiB in all; expected at most 4096 MiB \
                (65536 MiB with --large)
                """
        ),
        Case(
            what: "operations in a variant",
            replacements: [("operations: 50 per", "operations: 10000000 per"), ("workers: [1, 3]", "workers: [1, 6]")],
            error:
                """
                chain.yaml:20:5: error: phases: found 120000000 operations, which makes 120000131 in all, \
                in a variant; 
                """
                    + "expected at most 100000000 in all (10000000000 with --large)"
        ),
    ]

    @Test("What is larger is an error with its place, and larger limits allow it", arguments: cases)
    func tooLarge(_ expected: Case) {
        #expect(Self.errors(expected.replacements) == [expected.error])
        #expect(Self.errors(expected.replacements, .large).isEmpty)
    }

    @Test("The largest that is allowed is no error")
    func largest() {
        #expect(Self.errors([("keys: 10,", "keys: 999995,"), ("1 KB", "4 KB")]).isEmpty)
        #expect(Self.errors([("1 KB", "16 MiB")]).isEmpty)
    }

    @Test("Of many errors the first twenty are told, and how many more there are", arguments: [20, 21, 30])
    func manyMistakes(_ count: Int) {
        let position = SourcePosition(file: "many.yaml", line: 1, column: 1)
        let errors = ScenarioErrors(
            (1...count).map { ScenarioDiagnostic(at: position, found: "\($0)", expected: "something else") })
        let lines = errors.description.split(separator: "\n")
        #expect(lines.count == min(count, 21))
        #expect(lines.last?.hasPrefix("and") == (count > 20))
        if count == 21 { #expect(lines.last == "and 1 more error") }
        if count == 30 { #expect(lines.last == "and 10 more errors") }
    }

    @Test("Amounts that no number holds are the largest number")
    func saturation() {
        let scenario = Scenario(
            name: "Large", file: "large.yaml", cluster: Cluster(instances: 256, workers: 1024),
            data: [DataSet(name: "a", keys: .max, valueSize: .max), DataSet(name: "b", keys: .max)], phases: [])
        let mix = Mix(data: ["a"], operationsPerWorker: .max, shares: Mix.Shares(read: 1))
        #expect(scenario.keyCount == .max)
        #expect(scenario.dataSize == .max)
        #expect(scenario.operationCount(of: .mix(mix)) == .max)
    }
}
