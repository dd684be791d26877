import Testing

@testable import Scenarios

@Suite("Errors in a cluster")
struct ClusterErrorsTests {
    static let cases: [ErrorCase] = [
        ErrorCase(
            "Zero instances",
            replacing: "instances: 2",
            by: "instances: 0",
            gives: [
                #"5:14: cluster.instances: found "0"; expected a whole number from 1 to 256"#
            ]),
        ErrorCase(
            "A word where a number is due",
            replacing: "instances: 2",
            by: "instances: two",
            gives: [
                #"5:14: cluster.instances: found "two"; expected a whole number from 1 to 256"#
            ]),
        ErrorCase(
            "A fraction where a whole number is due",
            replacing: "instances: 2",
            by: "instances: 2.5",
            gives: [
                #"5:14: cluster.instances: found "2.5"; expected a whole number from 1 to 256"#
            ]),
        ErrorCase(
            "A negative number",
            replacing: "workers: 3",
            by: "workers: -3",
            gives: [
                #"7:12: cluster.workers: found "-3"; expected a whole number from 1 to 1024"#
            ]),
        ErrorCase(
            "More hosts than instances",
            replacing: "hosts: 2",
            by: "hosts: 3",
            gives: [
                "6:10: cluster.hosts: found 3 hosts for 2 instances; expected at most one host for each instance"
            ]),
        ErrorCase(
            "An unknown placement",
            replacing: "  workers: 3",
            by: "  workers: 3\n  placement: process",
            gives: [
                #"8:14: cluster.placement: found "process"; expected one of tasks, processes; did you mean processes?"#
            ]),
        ErrorCase(
            "An unknown invalidation",
            replacing: "acknowledged",
            by: "acknowleged",
            gives: [
                #"""
                8:17: cluster.invalidation: found "acknowleged"; expected one of acknowledged, announced; \#
                did you mean acknowledged?
                """#
            ]),
        ErrorCase(
            "An unknown bus",
            replacing: "  workers: 3",
            by: "  workers: 3\n  bus: stream",
            gives: [
                #"8:8: cluster.bus: found "stream"; expected one of pub-sub, streams; did you mean streams?"#
            ]),
        ErrorCase(
            "A length of a channel",
            replacing: "  workers: 3",
            by: "  workers: 3\n  bus-length: 100 entries",
            gives: [
                """
                8:15: cluster.bus-length: found a length of the bus pub-sub; expected bus: streams, for a \
                channel keeps nothing
                """
            ]),
        ErrorCase(
            "A stream of no length",
            replacing: "  workers: 3",
            by: "  workers: 3\n  bus: streams\n  bus-length: 0",
            gives: [
                #"""
                9:15: cluster.bus-length: found "0"; expected a whole number from 1 to 100000000 with its \#
                unit, such as 500 entries; did you mean "0 entries"?
                """#
            ]),
        ErrorCase(
            "No invalidation",
            replacing: "  invalidation: acknowledged\n",
            by: "",
            gives: [
                "5:3: cluster: found no invalidation; expected invalidation: acknowledged or announced"
            ]),
        ErrorCase(
            "A time scale below one",
            replacing: "time-scale: 10",
            by: "time-scale: 0.5",
            gives: [
                #"9:15: cluster.time-scale: found "0.5"; expected a number from 1 to 1000000"#
            ]),
        ErrorCase(
            "A time scale that leaves no deadline to keep",
            replacing: "time-scale: 10",
            by: "time-scale: 5000",
            gives: [
                """
                9:15: cluster.time-scale: found a time scale that makes the ttl of L1 200 µs; expected 1 ms \
                or more, the shortest that Redis keeps
                """,
                """
                9:15: cluster.time-scale: found a time scale that makes the ttl of redis 400 µs; expected 1 \
                ms or more, the shortest that Redis keeps
                """,
            ]),
        ErrorCase(
            "A time scale without the live world",
            replacing: "worlds: [live]",
            by: "worlds: [simulated]",
            gives: [
                """
                9:15: cluster.time-scale: found a time scale without the live world; expected worlds with \
                live in them, or no time-scale
                """
            ]),
        ErrorCase(
            "Layers in an impossible order",
            replacing: "    - L1: { capacity: 10 entries, ttl: 1s, eviction: lru }\n    - redis: { ttl: 2s }",
            by: "    - redis: { ttl: 2s }\n    - L1: { ttl: 1s }",
            gives: [
                "12:7: cluster.layers: found L1 after redis; expected innermost first: L1, L2, L3, redis"
            ]),
        ErrorCase(
            "A layer given twice",
            replacing: "    - redis: { ttl: 2s }",
            by: "    - L1: { ttl: 2s }",
            gives: [
                "12:7: cluster.layers: found L1 for the second time; expected each layer once"
            ]),
        ErrorCase(
            "An unknown layer",
            replacing: "- redis:",
            by: "- reddis:",
            gives: [
                #"12:7: cluster.layers: found "reddis"; expected one of L1, L2, L3, redis; did you mean redis?"#
            ]),
        ErrorCase(
            "The origin is not a caching layer",
            replacing: "- redis:",
            by: "- origin:",
            gives: [
                #"12:7: cluster.layers: found "origin"; expected one of L1, L2, L3, redis"#
            ]),
        ErrorCase(
            "A capacity of redis",
            replacing: "redis: { ttl: 2s }",
            by: "redis: { ttl: 2s, capacity: 5 entries }",
            gives: [
                #"12:25: cluster.layers.redis: found the unknown word "capacity"; expected ttl"#
            ]),
        ErrorCase(
            "A capacity without its unit",
            replacing: "10 entries",
            by: "10",
            gives: [
                #"""
                11:23: cluster.layers.L1.capacity: found "10"; expected a whole number from 1 to 100000000 \#
                with its unit, such as 500 entries; did you mean "10 entries"?
                """#
            ]),
        ErrorCase(
            "An eviction without a capacity",
            replacing: "capacity: 10 entries, ",
            by: "",
            gives: [
                """
                11:22: cluster.layers.L1.eviction: found an eviction without a capacity; expected a \
                capacity, for a layer without one is never full
                """
            ]),
        ErrorCase(
            "An unknown eviction",
            replacing: "lru",
            by: "lfu",
            gives: [
                #"""
                11:54: cluster.layers.L1.eviction: found "lfu"; expected one of lru, ttl, adaptive; did you \#
                mean lru?
                """#
            ]),
        ErrorCase(
            "No layers",
            replacing:
                "  layers:\n    - L1: { capacity: 10 entries, ttl: 1s, eviction: lru }\n    - redis: { ttl: 2s }",
            by: "  layers: []",
            gives: [
                "10:11: cluster.layers: found an empty list; expected a list of layers"
            ]),
    ]

    @Test("Each error is reported at its place", arguments: cases)
    func reported(_ wrong: ErrorCase) {
        #expect(wrong.found == wrong.expected)
    }
}
