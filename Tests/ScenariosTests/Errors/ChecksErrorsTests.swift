import Testing

@testable import Scenarios

@Suite("Errors in checks")
struct ChecksErrorsTests {
    static let cases: [ErrorCase] = [
        ErrorCase(
            "An unknown check",
            replacing: "- linearizable",
            by: "- linearisable",
            gives: [
                #"""
                24:5: checks: found "linearisable"; expected one of linearizable, fresh-after-invalidation, \#
                sessions, staleness, convergence, expiry, tags, loads, serialisation, resources, delivery, \#
                connections; did you mean linearizable?
                """#
            ]),
        ErrorCase(
            "A check given twice",
            replacing: "  - tags\n",
            by: "  - convergence\n",
            gives: [
                "28:5: checks: found convergence for the second time; expected each check once"
            ]),
        ErrorCase(
            "A check with something after it",
            replacing: "- convergence",
            by: "- convergence: { window: 5s }",
            gives: [
                "27:18: checks.convergence: found something after convergence; expected convergence alone"
            ]),
        ErrorCase(
            "A bound without its unit",
            replacing: "at-most: 10ms",
            by: "at-most: 10",
            gives: [
                #"25:27: checks.staleness.at-most: found "10"; expected a duration such as 500ms, 60s"#
                    + #"; did you mean "10s"?"#
            ]),
        ErrorCase(
            "A resource that is not measured",
            replacing: "- convergence",
            by: "- resources: { at-most: { conections: 200 } }",
            gives: [
                #"""
                27:29: checks.resources.at-most: found the unknown word "conections"; expected one of \#
                connections, memory, redis-keys; did you mean connections?
                """#
            ]),
        ErrorCase(
            "A resource without a bound",
            replacing: "- convergence",
            by: "- resources: { in-the-end: { memory: little } }",
            gives: [
                #"""
                27:40: checks.resources.in-the-end.memory: found "little"; expected a whole number such as \#
                200, or a size such as 300 MB
                """#
            ]),
        ErrorCase(
            "Resources alone",
            replacing: "- convergence",
            by: "- resources",
            gives: [
                "27:5: checks: found resources alone; expected { at-most: { connections: 200, memory: 300 MB } }"
            ]),
        ErrorCase(
            "A check that needs what a run does not record",
            replacing: "- convergence",
            by: "- isolation",
            gives: [
                #"""
                27:5: checks: found "isolation"; expected one of linearizable, fresh-after-invalidation, \#
                sessions, staleness, convergence, expiry, tags, loads, serialisation, resources, delivery, \#
                connections
                """#
            ]),
        ErrorCase(
            "Linearizable with announced invalidation",
            replacing: "acknowledged",
            by: "announced",
            gives: [
                """
                24:5: checks: found linearizable with announced invalidation, which does not promise it; \
                expected invalidation: acknowledged, or the checks sessions and staleness
                """
            ]),
        ErrorCase(
            "Linearizable in a variant with announced invalidation",
            replacing: "  workers: [1, 3]",
            by: "  invalidation: [acknowledged, announced]",
            gives: [
                """
                24:5: checks: found linearizable with announced invalidation, which does not promise it; \
                expected invalidation: acknowledged, or the checks sessions and staleness
                """
            ]),
        ErrorCase(
            "Convergence without an inspection",
            replacing: "  - inspect: everything\n",
            by: "  - read: { data: users, by: one worker }\n",
            gives: [
                """
                27:5: checks: found convergence, which this scenario can never examine; expected an inspect \
                phase after the operations: - inspect: everything
                """
            ]),
        ErrorCase(
            "Tags without an invalidation of tags",
            replacing: "  - invalidate-tag: { tags: [people], by: one worker }\n",
            by: "",
            gives: [
                """
                27:5: checks: found tags, which this scenario can never examine; expected a phase that \
                invalidates tags
                """
            ]),
        ErrorCase(
            "Expiry with a wait shorter than every TTL",
            replacing: "wait: 3s",
            by: "wait: 900ms",
            gives: [
                """
                26:5: checks: found expiry, which this scenario can never examine; expected waits of 1 s or \
                more (the shortest ttl) after a fill, then a read or an inspect phase
                """
            ]),
        ErrorCase(
            "Expiry with the wait before the fill",
            replacing:
                """
                  - read: { name: fill, data: users, by: every worker }\n  - write: { data: [users, plans], \
                keys: 5, by: one worker }\n  - invalidate-tag: { tags: [people], by: one worker }\n  - mix: \
                { name: race, data: users, operations: 50 per worker, read: 90 %, write: 10 %, \
                distribution: zipf, skew: 1.1 }\n  - wait: 3s\n
                """,
            by:
                """
                  - wait: 3s\n  - read: { name: fill, data: users, by: every worker }\n  - write: { data: \
                [users, plans], keys: 5, by: one worker }\n  - invalidate-tag: { tags: [people], by: one \
                worker }\n  - mix: { name: race, data: users, operations: 50 per worker, read: 90 %, write: \
                10 %, distribution: zipf, skew: 1.1 }\n
                """,
            gives: [
                """
                26:5: checks: found expiry, which this scenario can never examine; expected waits of 1 s or \
                more (the shortest ttl) after a fill, then a read or an inspect phase
                """
            ]),
        ErrorCase(
            "An empty list of checks",
            replacing:
                """
                checks:\n  - linearizable\n  - staleness: { at-most: 10ms }\n  - expiry: { tolerance: 5ms \
                }\n  - convergence\n  - tags
                """,
            by: "checks: []",
            gives: [
                "23:9: checks: found an empty list; expected a list of checks"
            ]),
    ]

    @Test("Each error is reported at its place", arguments: cases)
    func reported(_ wrong: ErrorCase) {
        #expect(wrong.found == wrong.expected)
    }
}
