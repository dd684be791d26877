import Testing

@testable import Scenarios

@Suite("Errors in the scenario of a bridge")
struct BridgeErrorsTests {
    struct Change: Sendable, CustomTestStringConvertible {
        let old: String
        let new: String
        let gives: [String]
        var testDescription: String { new }

        init(_ old: String, _ new: String, _ gives: String...) {
            self.old = old
            self.new = new
            self.gives = gives
        }
    }

    static let everywhere = "every instance, instance 1, instances 2 to 5, or a list of these"

    static let words = [
        Change(
            "bridge:", "brigde:",
            #"1:1: found no bridge; expected bridge: instances, duration, rate, transport, …"#,
            #"""
            5:1: found the unknown word "brigde"; expected one of scenario, describe, impact, run, labels, bridge, \#
            targets; did you mean bridge?
            """#
        ),
        Change(
            "  duration: 1500ms", "  durration: 1500ms",
            "6:3: bridge: found no duration; expected duration: for how long they publish, such as 30s",
            #"""
            9:3: bridge: found the unknown word "durration"; expected one of instances, publish, subscribe, \#
            duration, rate, payload, transport, fault; did you mean duration?
            """#
        ),
        Change(
            "run: when-named", "cluster: { instances: 2 }",
            """
            4:1: cluster: found cluster beside a bridge; expected a bridge and targets alone, or cluster, \
            data and phases without it
            """
        ),
        Change(
            "run: when-named", "worlds: simulated",
            """
            4:1: worlds: found worlds beside a bridge; expected no worlds: the instances of a bridge are \
            processes, and run live only
            """
        ),
        Change(
            "targets:", "targts:",
            "1:1: found no targets; expected targets: a list of targets: without one a bridge judges nothing",
            #"""
            14:1: found the unknown word "targts"; expected one of scenario, describe, impact, run, labels, bridge, \#
            targets; did you mean targets?
            """#
        ),
    ]

    static let figures = [
        Change(
            "instances: 5", "instances: 1",
            #"6:14: bridge.instances: found "1"; expected a whole number from 2 to 500"#),
        Change(
            "duration: 1500ms", "duration: 1500",
            #"9:13: bridge.duration: found "1500"; expected a duration such as 500ms, 60s; did you mean "1500ms"?"#),
        Change(
            "duration: 1500ms", "duration: 2d", #"9:13: bridge.duration: found "2d"; expected at most 1d"#),
        Change(
            "duration: 1500ms", "duration: 1us",
            """
            9:13: bridge.duration: found a duration in which nothing is published at this rate; expected \
            time for an event or more
            """
        ),
        Change(
            "rate: 2000/s", "rate: 0.5/s",
            #"10:9: bridge.rate: found "0.5/s"; expected a whole rate from 1/s to 1000000/s"#),
        Change(
            "payload: 1 KB", "payload: 2 MiB",
            #"11:12: bridge.payload: found "2 MiB"; expected a size from 1 B to 1 MiB"#),
        Change(
            "transport: streams", "transport: stream",
            #"""
            12:14: bridge.transport: found "stream"; expected one of pub-sub, streams, tracking; did you \#
            mean streams?
            """#
        ),
        Change(
            "fault: restart-redis", "fault: restart-reddis",
            #"""
            13:10: bridge.fault: found "restart-reddis"; expected one of restart-redis, kill-subscribers, \#
            slow-subscriber, restart-subscriber; did you mean restart-redis?
            """#
        ),
    ]

    static let parts = [
        Change(
            "publish: instance 1", "publish: instance 6",
            #"7:12: bridge.publish: found "instance 6" of 5; expected instance 1 to instance 5"#),
        Change(
            "publish: instance 1", "publish: 1", #"7:12: bridge.publish: found "1"; expected \#(everywhere)"#),
        Change(
            "publish: instance 1", "publish: every instace",
            #"7:12: bridge.publish: found "every instace"; expected \#(everywhere); did you mean every instance?"#),
        Change(
            "publish: instance 1", "publish: instances 3 to 2",
            #"7:12: bridge.publish: found "instances 3 to 2"; expected \#(everywhere)"#),
        Change(
            "publish: instance 1", "publish: [instance 1, instances 1 to 2]",
            "7:25: bridge.publish: found instance 1 for the second time; expected each instance once"),
        Change(
            "subscribe: instances 2 to 5", "subscribe: instances 2 to 4",
            """
            6:14: bridge.instances: found instance 5, which neither publishes nor subscribes; expected a \
            part for each instance
            """,
            #"""
            16:105: targets.where.instance: found the instance "5", where bridge.latency is never measured; \#
            expected one of 2, 3, 4
            """#
        ),
        Change(
            "instances: 5\n  publish: instance 1\n  subscribe: instances 2 to 5",
            "instances: 2\n  publish: instance 1\n  subscribe: instance 1",
            """
            6:3: bridge: found a bridge on which nobody hears another; expected a publisher and another who \
            subscribes
            """,
            """
            6:14: bridge.instances: found instance 2, which neither publishes nor subscribes; expected a \
            part for each instance
            """,
            #"""
            16:105: targets.where.instance: found the instance "5", where bridge.latency is never measured; \#
            expected 1
            """#
        ),
        Change(
            """
            publish: instance 1\n  subscribe: instances 2 to 5\n  duration: 1500ms\n  rate: 2000/s\n  \
            payload: 1 KB\n  transport: streams\n  fault: restart-redis
            """,
            """
            publish: every instance\n  subscribe: instances 1 to 4\n  duration: 1s\n  rate: 2/s\n  \
            transport: streams\n  fault: slow-subscriber
            """,
            """
            12:10: bridge.fault: found slow-subscriber, which is done to instance 5, and that publishes; \
            expected publish without the last instance, or no publish
            """,
            """
            12:10: bridge.fault: found slow-subscriber, which is done to instance 5, and that does not \
            subscribe; expected subscribe with the last instance, or no subscribe
            """,
            #"""
            15:105: targets.where.instance: found the instance "5", where bridge.latency is never measured; \#
            expected one of 1, 2, 3, 4
            """#
        ),
    ]

    static let targets = [
        Change(
            "metric: bridge.lost", "metric: bridge.losst",
            #"""
            15:15: targets.metric: found "bridge.losst"; expected one of \#
            \#(Metric.ofBridge.map(\.name).joined(separator: ", ")); did you mean bridge.lost?
            """#
        ),
        Change(
            "metric: bridge.lost", "metric: loads",
            #"""
            15:15: targets.metric: found "loads"; expected one of \#
            \#(Metric.ofBridge.map(\.name).joined(separator: ", "))
            """#
        ),
        Change(
            "where: { instance: 5 }", "where: { instance: 1 }",
            #"""
            16:105: targets.where.instance: found the instance "1", where bridge.latency is never measured; \#
            expected one of 2, 3, 4, 5
            """#
        ),
        Change(
            #"limit: "<= 500ms""#, #"limit: "<= 500""#,
            #"""
            16:54: targets.limit: found "<= 500"; expected a comparison with a duration such as 500ms, 60s, \#
            for bridge.latency is measured in time
            """#
        ),
    ]

    @Test(
        "Each is told at its place, with what is expected and the word that was meant",
        arguments: words + figures + parts + targets)
    func reported(_ change: Change) {
        let text = BridgeScenarioTests.text
        #expect(text.contains(change.old), "nothing to replace")
        do throws(ScenarioErrors) {
            _ = try ScenarioLoader(targetsFolder: ValidScenario.noTables)
                .decodeAny(text.replacing(change.old, with: change.new), file: "a.yaml")
            Issue.record("no error")
        } catch {
            let found = error.diagnostics.map {
                "\($0)".replacing("a.yaml:", with: "").replacing("error: ", with: "")
            }
            #expect(found == change.gives)
        }
    }

    @Test("A metric of a bridge is none of a cluster")
    func inCluster() {
        let errors = ValidScenario.errors(replacing: "metric: hit-ratio", by: "metric: bridge.delivery")
        #expect(errors.count == 1)
        #expect(
            errors.first?.contains(#"targets.metric: found "bridge.delivery"; expected one of read.latency"#) == true)
    }
}
