import Foundation
import History
import Testing

@testable import Scenarios

@Suite("Many errors in one file")
struct SeveralErrorsTests {
    @Test("All errors of a file are reported at once, in the order of their places")
    func all() {
        let text = """
            scenario: Wrong everywhere
            cluster:
              instances: 0
              instances: 2
              invalidation: anounced
              layers:
                - L2: { ttl: 500 }
                - L1: { ttl: 60s, ttl: 30s }
            data:
              users: { keys: 10, value: 1 kb, keys: 20 }
            phases:
              - read: { data: usres, by: every worker }
              - mix: { data: users, operations: 10 per worker, read: 50 %, write: 40 % }
            checks:
              - tags
              - convergance
            targets:
              - { metric: loads, limit: "< 5ms" }
              - { metric: warming.coverage, statistic: min, limit: ">= 95 %" }

            """
        let expected = [
            "3:14: error: cluster.instances: found \"0\"; expected a whole number from 1 to 256",
            """
            4:3: error: found \"instances\" for the second time in one mapping, first in line 3; expected \
            each word once
            """,
            """
            5:17: error: cluster.invalidation: found \"anounced\"; expected one of acknowledged, announced; \
            did you mean announced?
            """,
            "7:18: error: cluster.layers.L2.ttl: found \"500\"; expected a duration such as 500ms, 60s"
                + "; did you mean \"500ms\"?",
            "8:7: error: cluster.layers: found L1 after L2; expected innermost first: L1, L2, L3, redis",
            "8:23: error: found \"ttl\" for the second time in one mapping, first in line 8; expected each word once",
            """
            10:29: error: data.users.value: found \"1 kb\"; expected a size such as 200 B, 1 KB; did you \
            mean \"1 KB\"?
            """,
            """
            10:35: error: found \"keys\" for the second time in one mapping, first in line 10; expected \
            each word once
            """,
            """
            12:19: error: phases.read.data: found the data set \"usres\", which is not declared; expected \
            one of users, everything; did you mean users?
            """,
            "13:5: error: phases.mix: found shares that add up to 90 %; expected 100 %",
            """
            15:5: error: checks: found tags, which this scenario can never examine; expected a phase that \
            invalidates tags
            """,
            """
            16:5: error: checks: found \"convergance\"; expected one of linearizable, \
            fresh-after-invalidation, sessions, staleness, convergence, expiry, tags, loads, serialisation, \
            resources, delivery, connections; did you mean convergence?
            """,
            """
            18:29: error: targets.limit: found \"< 5ms\"; expected a comparison with a number such as 3, \
            for loads is measured in plain numbers
            """,
            """
            19:15: error: targets.metric: found the metric warming.coverage, which this scenario never \
            produces; expected a warm phase
            """,
        ]
        #expect(ValidScenario.errors(in: text) == expected.map { "chain.yaml:\($0)" })
    }

    @Test("A scenario that judges nothing is an error")
    func judgesNothing() {
        let end = ValidScenario.text.range(of: "checks:")!.lowerBound
        #expect(
            ValidScenario.errors(in: String(ValidScenario.text[..<end])) == [
                """
                chain.yaml:1:1: error: found neither checks nor targets; expected at least one of them: a \
                scenario that judges nothing cannot fail
                """
            ])
    }

    @Test("A time scale needs a ttl or a wait to act on")
    func timeScaleWithNothing() {
        let text = """
            scenario: Quick
            cluster: { instances: 1, invalidation: acknowledged, time-scale: 10, layers: [L1, redis] }
            data: { users: { keys: 10 } }
            phases:
              - read: { data: users, by: one worker }
            checks: [loads]

            """
        #expect(
            ValidScenario.errors(in: text) == [
                """
                chain.yaml:2:66: error: cluster.time-scale: found a time scale with nothing to scale; \
                expected a ttl or a wait phase, or no time-scale
                """
            ])
        #expect(ValidScenario.errors(in: text.replacing(" time-scale: 10,", with: "")) == [])
    }

    @Test("Anchors, aliases and merged mappings mean what they do in YAML")
    func anchors() throws {
        let text = """
            scenario: Shared
            cluster: { instances: 1, invalidation: acknowledged, layers: [L1, redis] }
            data:
              users: &small { keys: 10, value: 1 KB, tags: [people] }
              plans: { <<: *small, keys: 5 }
            phases:
              - read: { data: &all [users, plans], by: one worker }
              - write: { data: *all, by: one worker }
              - read: { data: *all, by: one worker }
            checks: [sessions]

            """
        let scenario = try ScenarioLoader().decode(text, file: "a.yaml")
        #expect(
            scenario.data == [
                DataSet(name: "users", keys: 10, valueSize: 1000, tags: ["people"]),
                DataSet(name: "plans", keys: 5, valueSize: 1000, tags: ["people"]),
            ])
        #expect(scenario.phases.map(\.name) == ["read-1", "write-2", "read-3"])
        #expect(scenario.phases[2].action == .sweep(Sweep(.read, data: ["users", "plans"], by: .oneWorker)))
        #expect(scenario.worlds == [.live, .simulated])
        #expect(scenario.cluster.layers == [LayerDeclaration(.l1), LayerDeclaration(.redis)])
    }
}
