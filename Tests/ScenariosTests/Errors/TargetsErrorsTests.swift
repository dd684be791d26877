import Testing

@testable import Scenarios

@Suite("Errors in targets")
struct TargetsErrorsTests {
    static let cases: [ErrorCase] = [
        ErrorCase(
            "An unknown metric",
            replacing: "metric: propagation",
            by: "metric: propagatoin",
            gives: [
                #"""
                30:15: targets.metric: found "propagatoin"; expected one of read.latency, write.latency, \#
                invalidation.latency, propagation, staleness, staleness.versions, warming.duration, \#
                warming.coverage, consistency.duration, consistency.agreement, hit-ratio, throughput, \#
                operations.failed, loads, redis.round-trip, recovery, breaker.openings, breaker.open; did \#
                you mean propagation?
                """#
            ]),
        ErrorCase(
            "A metric that is never produced",
            replacing: "metric: propagation",
            by: "metric: warming.duration",
            gives: [
                """
                30:15: targets.metric: found the metric warming.duration, which this scenario never \
                produces; expected a warm phase
                """
            ]),
        ErrorCase(
            "A statistic that is none",
            replacing: "statistic: p95",
            by: "statistic: p90",
            gives: [
                #"30:39: targets.statistic: found "p90"; expected one of count, min, mean, p50, p95, p99, max"#
            ]),
        ErrorCase(
            "A statistic that the metric has not",
            replacing: "metric: hit-ratio,",
            by: "metric: hit-ratio, statistic: p95,",
            gives: [
                "31:37: targets.statistic: found the statistic p95 of hit-ratio, which is one number; expected value"
            ]),
        ErrorCase(
            "No statistic of many samples",
            replacing: "statistic: p95, ",
            by: "",
            gives: [
                "30:5: targets: found no statistic; expected statistic: one of count, min, mean, p50, p95, p99, max"
            ]),
        ErrorCase(
            "A wrong unit for the metric",
            replacing: #""< 100ms""#,
            by: #""< 100 %""#,
            gives: [
                #"""
                30:51: targets.limit: found "< 100 %"; expected a comparison with a duration such as 500ms, \#
                60s, for propagation is measured in time
                """#
            ]),
        ErrorCase(
            "A limit without a comparison",
            replacing: #""< 100ms""#,
            by: "100ms",
            gives: [
                #"""
                30:51: targets.limit: found "100ms" without a comparison; expected one of <, <=, >, >= and \#
                a duration such as 500ms, 60s; did you mean "< 100ms"?
                """#
            ]),
        ErrorCase(
            "A comparison that is none",
            replacing: #""< 100ms""#,
            by: #""=< 100ms""#,
            gives: [
                #"30:51: targets.limit: found the comparison "=<"; expected one of <, <=, >, >=; did you mean <=?"#
            ]),
        ErrorCase(
            "No limit",
            replacing: #"limit: "< 100ms", "#,
            by: "",
            gives: [
                #"30:5: targets: found no limit; expected limit: a comparison such as "< 100ms""#
            ]),
        ErrorCase(
            "A limit that cannot be met",
            replacing: #""< 100ms""#,
            by: #""< 0ms""#,
            gives: [
                #"30:51: targets.limit: found "< 0ms"; expected a limit that can be met"#
            ]),
        ErrorCase(
            "A warning behind the limit",
            replacing: #""< 50ms""#,
            by: #""< 150ms""#,
            gives: [
                #"30:71: targets.warning: found "< 150ms"; expected a warning that comes before the limit "< 100ms""#
            ]),
        ErrorCase(
            "A warning on the other side",
            replacing: #""< 50ms""#,
            by: #""> 50ms""#,
            gives: [
                #"30:71: targets.warning: found "> 50ms"; expected a warning that comes before the limit "< 100ms""#
            ]),
        ErrorCase(
            "A label that the metric has not",
            replacing: "{ layer: L1 }",
            by: "{ phase: race }",
            gives: [
                #"31:53: targets.where: found the unknown word "phase"; expected layer"#
            ]),
        ErrorCase(
            "A layer that the cluster has not",
            replacing: "{ layer: L1 }",
            by: "{ layer: L2 }",
            gives: [
                #"""
                31:60: targets.where.layer: found the layer "L2", where hit-ratio is never measured; \#
                expected one of L1, redis
                """#
            ]),
        ErrorCase(
            "A phase where the metric is not measured",
            replacing: "{ phase: race }",
            by: "{ phase: rac }",
            gives: [
                #"""
                30:97: targets.where.phase: found the phase "rac", where propagation is never measured; \#
                expected one of write-2, invalidate-tag-3, race; did you mean race?
                """#
            ]),
        ErrorCase(
            "A limit relative to an unknown metric",
            replacing: #""< 100ms""#,
            by: #""< 10 x redis.roundtrip p50""#,
            gives: [
                #"""
                30:51: targets.limit: found the metric "redis.roundtrip"; expected one of read.latency, \#
                write.latency, invalidation.latency, propagation, staleness, staleness.versions, \#
                warming.duration, warming.coverage, consistency.duration, consistency.agreement, hit-ratio, \#
                throughput, operations.failed, loads, redis.round-trip, recovery, breaker.openings, \#
                breaker.open; did you mean redis.round-trip?
                """#
            ]),
        ErrorCase(
            "A limit relative to another unit",
            replacing: #""< 100ms""#,
            by: #""< 10 x hit-ratio""#,
            gives: [
                """
                30:51: targets.limit: found hit-ratio value, measured in percent; expected a metric that is \
                measured in time, as propagation is
                """
            ]),
        ErrorCase(
            "A limit relative to a metric without its statistic",
            replacing: #""< 100ms""#,
            by: #""< 10 x redis.round-trip""#,
            gives: [
                """
                30:51: targets.limit: found redis.round-trip without a statistic; expected one of count, \
                min, mean, p50, p95, p99, max
                """
            ]),
        ErrorCase(
            "A limit relative to a metric that is never produced",
            replacing: #""< 100ms""#,
            by: #""< 10 x warming.duration p50""#,
            gives: [
                """
                30:51: targets.limit: found a limit relative to warming.duration, which this scenario never \
                produces; expected a warm phase
                """
            ]),
        ErrorCase(
            "A table without a folder of tables",
            replacing: #"  - { metric: hit-ratio, limit: ">= 50 %", where: { layer: L1 } }"#,
            by: "  - use: invalidation-chain",
            gives: [
                #"""
                31:10: targets.use: found the table "invalidation-chain", which does not exist; expected a \#
                table in /nonexistent/Fixtures/Targets, and there is none
                """#
            ]),
    ]

    @Test("Each error is reported at its place", arguments: cases)
    func reported(_ wrong: ErrorCase) {
        #expect(wrong.found == wrong.expected)
    }
}
