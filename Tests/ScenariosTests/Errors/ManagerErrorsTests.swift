import Testing

@testable import Scenarios

@Suite("Errors with a manager")
struct ManagerErrorsTests {
    /// A scenario without errors.
    static let text = """
        scenario: One manager
        worlds: live
        cluster:
          instances: 2
          workers: 3
          invalidation: announced
          manager: { connections: 20, breaker: { failures: 3, rest: 20ms, longest-rest: 100ms } }
          layers: [L1, redis]
        data:
          records: { keys: 10 }
        phases:
          - mix: { name: race, data: records, operations: 50 per worker, read: 90 %, write: 10 % }
        faults:
          - crash: { whom: redis, data: lost, during: race, after: 10 % }
        checks: [connections]
        targets:
          - { metric: breaker.openings, limit: ">= 1" }
          - { metric: breaker.open, statistic: max, limit: "< 1s", where: { phase: race } }

        """

    private static func load(_ text: String) throws -> Scenario {
        try ScenarioLoader(targetsFolder: ValidScenario.noTables).decode(text, file: "manager.yaml")
    }

    @Test("What is declared is what is meant, and what is not has the client's defaults")
    func declaration() throws {
        #expect(
            try Self.load(Self.text).cluster.manager
                == ManagerDeclaration(
                    connections: 20, failures: 3, rest: .milliseconds(20), longestRest: .milliseconds(100)))
        let line = try #require(Self.text.split(separator: "\n").first { $0.contains("manager: {") })
        for (short, manager) in [
            ("  manager:", ManagerDeclaration()), ("  manager: {}", ManagerDeclaration()),
            ("  manager: { breaker: { rest: 3s } }", ManagerDeclaration(rest: .seconds(3), longestRest: .seconds(3))),
        ] {
            #expect(try Self.load(Self.text.replacing(line, with: short)).cluster.manager == manager)
        }
    }

    struct Change: Sendable, CustomTestStringConvertible {
        let old: String
        let new: String
        let gives: [String]
        var testDescription: String { new.isEmpty ? "no change" : new }

        init(_ old: String, _ new: String, gives: String...) {
            self.old = old
            self.new = new
            self.gives = gives
        }
    }

    static let changes = [
        Change(
            "connections: 20", "conections: 20",
            gives:
                #"""
                7:14: cluster.manager: found the unknown word "conections"; expected one of connections, \#
                breaker; did you mean connections?
                """#
        ),
        Change(
            "connections: 20", "connections: 201",
            gives: #"7:27: cluster.manager.connections: found "201"; expected a whole number from 2 to 200"#),
        Change(
            "failures: 3", "failures: 0",
            gives: #"7:52: cluster.manager.breaker.failures: found "0"; expected a whole number from 1 to 1000000"#),
        Change(
            "rest: 20ms", "rest: 20",
            gives:
                #"7:61: cluster.manager.breaker.rest: found "20"; expected a duration such as 500ms, 60s"#
                + #"; did you mean "20s"?"#
        ),
        Change(
            "longest-rest: 100ms", "longest-rest: 10ms",
            gives:
                #"""
                7:81: cluster.manager.breaker.longest-rest: found "10ms"; expected 20 ms or more, the first \#
                rest, for it only grows
                """#
        ),
        Change(
            "manager: {", "manager: 20 # {",
            gives:
                #"""
                7:12: cluster.manager: found "20"; expected { connections: 20, breaker: { failures: 5, \#
                rest: 100ms, longest-rest: 1s } }
                """#
        ),
        Change(
            "worlds: live", "worlds: [live, simulated]",
            gives:
                """
                7:12: cluster.manager: found a manager in the simulated world, in which nobody opens \
                connections; expected worlds: live
                """
        ),
        Change(
            "crash: { whom: redis, data: lost,", "partition: { whom: instance 1,",
            gives:
                """
                14:3: faults: found a partition of instance 1 with a manager that all instances share; \
                expected a fault of Redis itself, or placement: processes, where each instance has its own
                """
        ),
        Change(
            "layers: [L1, redis]", "provider: memory",
            gives:
                """
                7:12: cluster.manager: found a manager with the provider memory, which uses no Redis; \
                expected one that uses Redis
                """,
            "14:3: faults: found a crash of redis, its data lost with the provider memory; expected one that uses Redis"
        ),
    ]

    @Test("What a manager cannot be is told at its place", arguments: changes)
    func reported(_ change: Change) {
        let errors = ValidScenario.errors(in: Self.text.replacing(change.old, with: change.new)).map {
            $0.replacing("\(ValidScenario.file):", with: "").replacing("error: ", with: "")
        }
        #expect(Set(errors) == Set(change.gives))
    }

    @Test("What only a manager gives cannot be asked for without one")
    func without() {
        let line = Self.text.split(separator: "\n").first { $0.contains("manager: {") } ?? ""
        let errors = ValidScenario.errors(in: Self.text.replacing(line + "\n", with: "")).map {
            $0.replacing("\(ValidScenario.file):", with: "").replacing("error: ", with: "")
        }
        #expect(errors.count == 3)
        #expect(
            errors.first
                == """
                14:10: checks: found connections, which this scenario can never examine; expected a manager \
                in the cluster
                """
        )
        #expect(errors.dropFirst().allSatisfy { $0.contains("expected a manager in the cluster") }, "\(errors)")
    }

    @Test("An instance that is a process may be cut off with its manager")
    func processes() throws {
        let text = Self.text.replacing("  workers: 3", with: "  workers: 3\n  placement: processes")
            .replacing("crash: { whom: redis, data: lost,", with: "partition: { whom: instance 1,")
        #expect(try Self.load(text).faults.count == 1)
    }
}
