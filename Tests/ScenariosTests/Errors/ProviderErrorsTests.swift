import History
import Testing

@testable import Scenarios

@Suite("Errors with a provider")
struct ProviderErrorsTests {
    /// A scenario without errors.
    static let text = """
        scenario: Records
        cluster:
          instances: 2
          workers: 3
          invalidation: announced
          provider: tiered
        data:
          records: { keys: 10 }
        phases:
          - read: { name: fill, data: records, by: every worker }
          - mix: { name: race, data: records, operations: 50 per worker, read: 90 %, write: 10 % }
        faults:
          - crash: { whom: redis, data: lost, during: race, after: 10 % }
        checks: [sessions]

        """

    struct Change: Sendable, CustomTestStringConvertible {
        let old: String
        let new: String
        let gives: [String]
        var testDescription: String { new.isEmpty ? "no change" : new }
    }

    static let changes = [
        Change(old: "", new: "", gives: []),
        Change(
            old: "provider: tiered", new: "provider: teired",
            gives: [
                #"""
                6:13: cluster.provider: found "teired"; expected one of memory, redis, tiered, none; did \#
                you mean tiered?
                """#
            ]),
        Change(
            old: "provider: tiered", new: "provider: tiered\n  layers: [L1]",
            gives: [
                """
                7:3: cluster.layers: found layers and a provider; expected one of them: the provider tiered \
                is a choice of layers
                """
            ]),
        Change(
            old: "announced", new: "acknowledged",
            gives: [
                """
                5:17: cluster.invalidation: found acknowledged with a provider; expected announced: nobody \
                knows who else has the storage's file open, and could be waited for
                """
            ]),
        Change(
            old: "provider: tiered", new: "provider: memory",
            gives: [
                """
                13:3: faults: found a crash of redis, its data lost with the provider memory; expected one \
                that uses Redis
                """
            ]),
        Change(
            old: "crash: { whom: redis, data: lost,", new: "partition: { whom: instance 1,",
            gives: [
                """
                13:3: faults: found a partition of instance 1 with a provider; expected a fault of Redis \
                itself: all instances of a process share one way to it
                """
            ]),
        Change(
            old: "checks: [sessions]", new: "checks: [sessions]\nvary: { invalidation: [announced, acknowledged] }",
            gives: [
                """
                15:23: vary.invalidation: found a variation of invalidation with a provider; expected one \
                of the others
                """
            ]),
    ]

    @Test("What no provider can do is told at its place", arguments: changes)
    func reported(_ change: Change) {
        let text = change.old.isEmpty ? Self.text : Self.text.replacing(change.old, with: change.new)
        let errors = ValidScenario.errors(in: text)
        #expect(
            errors.map { $0.replacing("\(ValidScenario.file):", with: "").replacing("error: ", with: "") }
                == change.gives)
    }

    @Test("A provider is its layers, innermost first", arguments: ProviderKind.allCases)
    func layers(kind: ProviderKind) throws {
        let withoutRedis = Self.text.replacing(
            "faults:\n  - crash: { whom: redis, data: lost, during: race, after: 10 % }\n", with: "")
        let scenario = try ScenarioLoader(targetsFolder: ValidScenario.noTables).decode(
            withoutRedis.replacing("tiered", with: kind.rawValue), file: "records.yaml")
        #expect(scenario.cluster.provider == kind)
        #expect(scenario.cluster.layers.map(\.layer) == kind.layers)
    }
}
