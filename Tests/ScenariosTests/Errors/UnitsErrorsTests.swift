import Testing

@testable import Scenarios

@Suite("Errors in units")
struct UnitsErrorsTests {
    static let cases: [ErrorCase] = [
        ErrorCase(
            "A duration without its unit",
            replacing: "ttl: 2s",
            by: "ttl: 500",
            gives: [
                #"12:21: cluster.layers.redis.ttl: found "500"; expected a duration such as 500ms, 60s"#
                    + #"; did you mean "500ms"?"#
            ]),
        ErrorCase(
            "A duration with a unit that is spelled out",
            replacing: "ttl: 2s",
            by: "ttl: 2 seconds",
            gives: [
                #"""
                12:21: cluster.layers.redis.ttl: found "2 seconds"; expected a duration such as 500ms, 60s; \#
                did you mean "2 s"?
                """#
            ]),
        ErrorCase(
            "A duration of zero",
            replacing: "ttl: 2s",
            by: "ttl: 0s",
            gives: [
                #"12:21: cluster.layers.redis.ttl: found "0s"; expected a duration above zero"#
            ]),
        ErrorCase(
            "A size where a duration is due",
            replacing: "ttl: 2s",
            by: "ttl: 2 KB",
            gives: [
                #"12:21: cluster.layers.redis.ttl: found "2 KB"; expected a duration such as 500ms, 60s"#
            ]),
        ErrorCase(
            "A duration finer than a nanosecond",
            replacing: "ttl: 2s",
            by: "ttl: 0.5ns",
            gives: [
                #"""
                12:21: cluster.layers.redis.ttl: found "0.5ns"; expected a duration in whole nanoseconds, \#
                at most 3650d
                """#
            ]),
        ErrorCase(
            "A size in a wrong case",
            replacing: "1 KB",
            by: "1 kb",
            gives: [
                #"14:29: data.users.value: found "1 kb"; expected a size such as 200 B, 1 KB; did you mean "1 KB"?"#
            ]),
        ErrorCase(
            "A size without its unit",
            replacing: "1 KB",
            by: "1000",
            gives: [
                #"14:29: data.users.value: found "1000"; expected a size such as 200 B, 1 KB; did you mean "1000 B"?"#
            ]),
        ErrorCase(
            "A size of zero",
            replacing: "1 KB",
            by: "0 B",
            gives: [
                #"14:29: data.users.value: found "0 B"; expected a size from 1 B to 16 MiB"#
            ]),
        ErrorCase(
            "A size beyond all bounds",
            replacing: "1 KB",
            by: "100 MiB",
            gives: [
                #"14:29: data.users.value: found "100 MiB"; expected a size from 1 B to 16 MiB"#
            ]),
        ErrorCase(
            "A percentage without its sign",
            replacing: "read: 90 %",
            by: "read: 90",
            gives: [
                #"20:70: phases.mix.read: found "90"; expected a percentage such as 95 %; did you mean "90 %"?"#
            ]),
        ErrorCase(
            "A percentage above a hundred",
            replacing: "read: 90 %",
            by: "read: 190 %",
            gives: [
                #"20:70: phases.mix.read: found "190 %"; expected a percentage from 0 % to 100 %"#
            ]),
        ErrorCase(
            "Operations without their unit",
            replacing: "50 per worker",
            by: "50",
            gives: [
                #"""
                20:49: phases.mix.operations: found "50"; expected a whole number from 1 to 10000000 with \#
                its unit, such as 500 per worker; did you mean "50 per worker"?
                """#
            ]),
        ErrorCase(
            "Nothing where a duration is due",
            replacing: "ttl: 2s",
            by: "ttl: ",
            gives: [
                "12:22: cluster.layers.redis.ttl: found nothing; expected a duration such as 500ms, 60s"
            ]),
    ]

    @Test("Each error is reported at its place", arguments: cases)
    func reported(_ wrong: ErrorCase) {
        #expect(wrong.found == wrong.expected)
    }
}
