import Testing

@testable import Scenarios

@Suite("Errors in data and phases")
struct DataAndPhasesErrorsTests {
    static let cases: [ErrorCase] = [
        ErrorCase(
            "A data set without keys",
            replacing: "{ keys: 5 }",
            by: "{ value: 5 B }",
            gives: [
                "15:10: data.plans: found no keys; expected keys: how many keys"
            ]),
        ErrorCase(
            "A pace without its unit",
            replacing: "skew: 1.1 }",
            by: "skew: 1.1, pace: 100 }",
            gives: [
                #"20:126: phases.mix.pace: found "100"; expected a rate such as 500/s; did you mean "100/s"?"#
            ]),
        ErrorCase(
            "A data set with no key",
            replacing: "{ keys: 5 }",
            by: "{ keys: 0 }",
            gives: [
                #"15:18: data.plans.keys: found "0"; expected a whole number from 1 to 1000000"#
            ]),
        ErrorCase(
            "A data set called everything",
            replacing: "plans: { keys: 5 }\n",
            by: "everything: { keys: 5 }\n",
            gives: [
                """
                15:3: data: found a data set called everything; expected another name, for this one means \
                all data sets
                """,
                #"""
                18:28: phases.write.data: found the data set "plans", which is not declared; expected one \#
                of users, everything
                """#,
            ]),
        ErrorCase(
            "A name that is no name",
            replacing: "  plans: {",
            by: "  my plans: {",
            gives: [
                #"""
                15:3: data: found "my plans"; expected a name of letters, digits, _, - and ., beginning \#
                with a letter
                """#,
                #"""
                18:28: phases.write.data: found the data set "plans", which is not declared; expected one \#
                of users, everything
                """#,
            ]),
        ErrorCase(
            "A tag given twice",
            replacing: "[people]",
            by: "[people, people]",
            gives: [
                #"14:50: data.users.tags: found "people" for the second time; expected each only once"#
            ]),
        ErrorCase(
            "Data that is a list",
            replacing: "data:\n  users: { keys: 10, value: 1 KB, tags: [people] }\n  plans: { keys: 5 }",
            by: "data: [users]",
            gives: [
                """
                13:7: data: found a list; expected a mapping of data sets, such as permissions: { keys: \
                100, value: 200 B }
                """
            ]),
        ErrorCase(
            "A data set that is not declared",
            replacing: "name: fill, data: users",
            by: "name: fill, data: user",
            gives: [
                #"""
                17:31: phases.read.data: found the data set "user", which is not declared; expected one of \#
                users, plans, everything; did you mean users?
                """#
            ]),
        ErrorCase(
            "A data set named twice",
            replacing: "[users, plans]",
            by: "[users, users]",
            gives: [
                #"18:28: phases.write.data: found "users" for the second time; expected each only once"#
            ]),
        ErrorCase(
            "An empty list of data sets",
            replacing: "[users, plans]",
            by: "[]",
            gives: [
                "18:20: phases.write.data: found an empty list; expected a list of data sets, or everything"
            ]),
        ErrorCase(
            "More keys than a set has",
            replacing: "keys: 5, by",
            by: "keys: 6, by",
            gives: [
                "18:42: phases.write.keys: found 6 keys of plans, which has 5; expected at most 5"
            ]),
        ErrorCase(
            "Unknown actors",
            replacing: "by: every worker",
            by: "by: all workers",
            gives: [
                #"17:42: phases.read.by: found "all workers"; expected one of one worker, every instance, every worker"#
            ]),
        ErrorCase(
            "No actors",
            replacing: ", by: every worker",
            by: "",
            gives: [
                "17:11: phases.read: found no by; expected by: one of one worker, every instance, every worker"
            ]),
        ErrorCase(
            "An unknown phase",
            replacing: "- read: { name: fill",
            by: "- reed: { name: fill",
            gives: [
                #"""
                17:5: phases: found "reed"; expected one of read, warm, write, delete, invalidate, \#
                invalidate-tag, mix, script, wait, inspect; did you mean read?
                """#
            ]),
        ErrorCase(
            "A phase whose body is not indented",
            replacing: "  - read: { name: fill, data: users, by: every worker }",
            by: "  - read:\n    data: users\n    by: every worker",
            gives: [
                """
                17:5: phases: found 3 keys side by side (read, data, by); expected a phase with one word; \
                what belongs to it is indented further, or in { }
                """
            ]),
        ErrorCase(
            "A phase without a body",
            replacing: "  - wait: 3s",
            by: "  - wait",
            gives: [
                "21:5: phases: found wait alone; expected a duration such as 500ms, 60s"
            ]),
        ErrorCase(
            "A phase name given twice",
            replacing: "name: fill",
            by: "name: race",
            gives: [
                #"20:18: phases.mix.name: found "race" for the second time; expected a name of its own for each phase"#
            ]),
        ErrorCase(
            "A phase name that is another one's default",
            replacing: "name: fill",
            by: "name: write-2",
            gives: [
                #"""
                17:19: phases.read.name: found "write-2" for the second time; expected a name of its own \#
                for each phase
                """#
            ]),
        ErrorCase(
            "A tag that no data set has",
            replacing: "{ tags: [people],",
            by: "{ tags: [peeple],",
            gives: [
                #"""
                19:30: phases.invalidate-tag.tags: found the tag "peeple", which no data set has; expected \#
                people; did you mean people?
                """#
            ]),
        ErrorCase(
            "Shares that do not add up",
            replacing: "write: 10 %",
            by: "write: 9 %",
            gives: [
                "20:5: phases.mix: found shares that add up to 99 %; expected 100 %"
            ]),
        ErrorCase(
            "Shares of nothing",
            replacing: "read: 90 %, write: 10 %, ",
            by: "",
            gives: [
                "20:5: phases.mix: found shares that add up to 0 %; expected 100 %"
            ]),
        ErrorCase(
            "A skew without zipf",
            replacing: "distribution: zipf, ",
            by: "",
            gives: [
                """
                20:89: phases.mix.skew: found a skew without distribution: zipf; expected distribution: \
                zipf, or no skew
                """
            ]),
        ErrorCase(
            "An unknown distribution",
            replacing: "zipf",
            by: "zip",
            gives: [
                #"20:103: phases.mix.distribution: found "zip"; expected one of uniform, zipf; did you mean zipf?"#
            ]),
        ErrorCase(
            "Tags invalidated where there are none",
            replacing: "data: users, operations: 50 per worker, read: 90 %, write: 10 %",
            by: "data: plans, operations: 50 per worker, read: 90 %, invalidate-tag: 10 %",
            gives: [
                """
                20:92: phases.mix.invalidate-tag: found invalidations of tags, though plans has none; \
                expected a data set with tags
                """
            ]),
        ErrorCase(
            "An inspection of something",
            replacing: "inspect: everything",
            by: "inspect: users",
            gives: [
                #"22:14: phases.inspect: found "users"; expected everything, or { name: … }"#
            ]),
        ErrorCase(
            "No phases",
            replacing: "phases:\n",
            by: "phases: []\nx:\n",
            gives: [
                "16:9: phases: found an empty list; expected a list of phases",
                #"""
                17:1: found the unknown word "x"; expected one of scenario, describe, impact, run, labels, worlds, \#
                not-simulated-because, subject, requires, cluster, data, phases, faults, checks, targets, vary
                """#,
            ]),
    ]

    @Test("Each error is reported at its place", arguments: cases)
    func reported(_ wrong: ErrorCase) {
        #expect(wrong.found == wrong.expected)
    }
}
