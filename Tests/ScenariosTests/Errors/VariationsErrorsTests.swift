import Testing

@testable import Scenarios

@Suite("Errors in what is varied")
struct VariationsErrorsTests {
    static let cases: [ErrorCase] = [
        ErrorCase(
            "Layers that are not declared",
            replacing: "workers: [1, 3]",
            by: "layers: [[L1], [L2]]",
            gives: [
                #"33:19: vary.layers: found "L2"; expected one of L1, redis"#
            ]),
        ErrorCase(
            "A misspelled every combination",
            replacing: "workers: [1, 3]",
            by: "layers: every combinations",
            gives: [
                #"""
                33:11: vary.layers: found "every combinations"; expected every combination, or a list of \#
                lists such as [[L1, L2], [redis]]; did you mean every combination?
                """#
            ]),
        ErrorCase(
            "A combination given twice",
            replacing: "workers: [1, 3]",
            by: "layers: [[L1], [L1]]",
            gives: [
                "33:18: vary.layers: found L1 for the second time; expected each only once"
            ]),
        ErrorCase(
            "A combination in the wrong order",
            replacing: "workers: [1, 3]",
            by: "layers: [[redis, L1]]",
            gives: [
                "33:12: vary.layers: found redis, L1; expected innermost first: L1, L2, L3, redis"
            ]),
        ErrorCase(
            "An empty combination",
            replacing: "workers: [1, 3]",
            by: "layers: [[]]",
            gives: [
                "33:12: vary.layers: found an empty list; expected a list of layers, such as [L1, L2]"
            ]),
        ErrorCase(
            "A number given twice",
            replacing: "[1, 3]",
            by: "[3, 3]",
            gives: [
                #"33:16: vary.workers: found "3" for the second time; expected each only once"#
            ]),
        ErrorCase(
            "A zero",
            replacing: "[1, 3]",
            by: "[0, 3]",
            gives: [
                #"33:13: vary.workers: found "0"; expected a whole number from 1 to 1024"#
            ]),
        ErrorCase(
            "An empty list",
            replacing: "[1, 3]",
            by: "[]",
            gives: [
                "33:12: vary.workers: found an empty list; expected a list of whole numbers, such as [50, 200]"
            ]),
        ErrorCase(
            "Fewer instances than hosts",
            replacing: "workers: [1, 3]",
            by: "instances: [1, 2]",
            gives: [
                """
                33:14: vary.instances: found a variant with 1 instance on 2 hosts; expected at least one \
                instance for each host
                """
            ]),
        ErrorCase(
            "Fewer keys than a phase asks for",
            replacing: "workers: [1, 3]",
            by: "keys: [4, 100]",
            gives: [
                "18:42: phases.write.keys: found 5 keys of users, which has 4 in a variant; expected at most 4"
            ]),
        ErrorCase(
            "Too many variants",
            replacing: "workers: [1, 3]",
            by:
                """
                keys: [10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, \
                31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, \
                54, 55, 56, 57, 58, 59]\n  workers: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, \
                17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30]
                """,
            gives: [
                "33:3: vary: found 1500 variants; expected at most 1000"
            ]),
        ErrorCase(
            "Nothing that varies",
            replacing: "\n  workers: [1, 3]",
            by: " {}",
            gives: [
                """
                32:7: vary: found an empty mapping; expected something that varies: one of layers, keys, \
                instances, workers, invalidation
                """
            ]),
    ]

    @Test("Each error is reported at its place", arguments: cases)
    func reported(_ wrong: ErrorCase) {
        #expect(wrong.found == wrong.expected)
    }
}
