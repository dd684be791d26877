import Testing

@testable import Scenarios

@Suite("Errors in words and at the top of a file")
struct WordsErrorsTests {
    static let cases: [ErrorCase] = [
        ErrorCase(
            "An unknown word is named with the nearest right one",
            replacing: "  instances: 2",
            by: "  instnces: 2",
            gives: [
                #"""
                5:3: cluster: found the unknown word "instnces"; expected one of instances, hosts, workers, \#
                placement, invalidation, lease, time-scale, layers, provider, manager, application, \#
                tenants, bus, bus-length; did you mean instances?
                """#,
                "5:3: cluster: found no instances; expected instances: how many copies of the application",
            ]),
        ErrorCase(
            "A wrong word at the top is found",
            replacing: "worlds: [live]",
            by: "world: [live]",
            gives: [
                #"""
                3:1: found the unknown word "world"; expected one of scenario, describe, impact, run, labels, \#
                worlds, not-simulated-because, subject, requires, cluster, data, phases, faults, checks, targets, vary; \#
                did you mean worlds?
                """#
            ]),
        ErrorCase(
            "A missing part is named where it should be",
            replacing: "scenario: Chain\n",
            by: "",
            gives: [
                "1:1: found no scenario; expected scenario: the name of the scenario"
            ]),
        ErrorCase(
            "A text where a mapping is due",
            replacing: "cluster:\n  instances: 2",
            by: "cluster: big\nx:\n  instances: 2",
            gives: [
                #"4:10: cluster: found "big"; expected a mapping"#,
                #"""
                5:1: found the unknown word "x"; expected one of scenario, describe, impact, run, labels, worlds, \#
                not-simulated-because, subject, requires, cluster, data, phases, faults, checks, targets, vary
                """#,
            ]),
        ErrorCase(
            "A part without content",
            replacing: "impact: { protects: [Acme], revenue: 1000 EUR/month }",
            by: "impact:",
            gives: [
                "2:8: impact: found nothing; expected a mapping"
            ]),
        ErrorCase(
            "Money must be per month",
            replacing: "1000 EUR/month",
            by: "1000 EUR",
            gives: [
                #"""
                2:38: impact.revenue: found "1000 EUR"; expected an amount of money per month, such as \#
                120000 EUR/month
                """#
            ]),
        ErrorCase(
            "An unknown world",
            replacing: "[live]",
            by: "[life]",
            gives: [
                #"3:10: worlds: found "life"; expected one of simulated, live; did you mean live?"#
            ]),
        ErrorCase(
            "A world given twice",
            replacing: "[live]",
            by: "[live, live]",
            gives: [
                #"3:16: worlds: found "live" for the second time; expected each only once"#
            ]),
        ErrorCase(
            "A reason not to simulate what is simulated",
            replacing: "worlds: [live]",
            by: "worlds: [live, simulated]\nnot-simulated-because: \"it needs a disk\"",
            gives: [
                """
                4:1: not-simulated-because: found a reason not to simulate a scenario whose worlds include \
                simulated; expected worlds: [live]
                """
            ]),
        ErrorCase(
            "A key given twice in a block",
            replacing: "  workers: 3\n",
            by: "  workers: 3\n  instances: 4\n",
            gives: [
                #"8:3: found "instances" for the second time in one mapping, first in line 5; expected each word once"#
            ]),
        ErrorCase(
            "A key given twice in braces",
            replacing: "keys: 10, value: 1 KB",
            by: "keys: 10, keys: 11",
            gives: [
                #"14:22: found "keys" for the second time in one mapping, first in line 14; expected each word once"#
            ]),
        ErrorCase(
            "A key that is a list",
            replacing: "worlds: [live]",
            by: "[a, b]: live",
            gives: [
                """
                3:1: found a list or a mapping as a key; expected one of scenario, describe, impact, run, labels, \
                worlds, not-simulated-because, subject, requires, cluster, data, phases, faults, checks, targets, vary
                """
            ]),
    ]

    @Test("Each error is reported at its place", arguments: cases)
    func reported(_ wrong: ErrorCase) {
        #expect(wrong.found == wrong.expected)
    }
}
