import Testing

@testable import Scenarios

@Suite("Errors in faults")
struct FaultsErrorsTests {
    /// One fault that is wrong, and what is said of it without the file and line.
    struct Case: Sendable, CustomTestStringConvertible {
        let fault: String
        let error: String
        var testDescription: String { fault }

        init(_ fault: String, _ error: String) {
            self.fault = fault
            self.error = error
        }
    }

    static func text(_ faults: String...) -> String {
        """
        scenario: Wrong
        cluster: { instances: 3, hosts: 2, workers: 2, invalidation: announced, layers: [L1, redis] }
        data: { users: { keys: 10 } }
        phases:
          - mix: { name: race, data: users, operations: 10 per worker, read: 50 %, write: 50 % }
          - wait: 1s
          - warm: { name: heat, data: users, by: every instance }
          - read: { name: look, data: users, by: every worker }
          - inspect: { name: end }
        checks: [sessions]
        faults:

        """ + faults.map { "  - \($0)\n" }.joined()
    }

    static let wrong: [Case] = [
        Case(
            "crsh: {}",
            """
            12:5: error: faults: found \"crsh\"; expected one of crash, pause, partition, disconnect, \
            delay, skew, memory-pressure, eviction, failover, hold; did you mean crash?
            """
        ),
        Case(
            "crash: { whom: instance 1, during: race, at: comit }",
            """
            12:50: error: faults.crash.at: found \"comit\"; expected commit: when the victim's next write \
            is committed, and before anything that follows; did you mean commit?
            """
        ),
        Case(
            "crash: { whom: redis, data: lost, during: race, at: commit }",
            """
            12:57: error: faults.crash.at: found a crash of redis at a commit; expected an instance: Redis \
            commits nothing
            """
        ),
        Case(
            "crash: { whom: instance 1, during: race, at: commit, for: 1s }",
            "12:63: error: faults.crash.for: found for beside at; expected one of them: another takes its place at once"
        ),
        Case(
            "crash: { whom: instance 1, during: look, at: commit }",
            """
            12:50: error: faults.crash.at: found a crash at a commit during look, which writes nothing; \
            expected a phase with writes
            """
        ),
        Case(
            "crash: { whom: origin, during: race }",
            """
            12:20: error: faults.crash.whom: found a crash of origin that is over at once, and so refuses nothing; \
            expected for: a duration such as 500ms, 60s, or until: a share of the operations
            """
        ),
        Case(
            "crash: { whom: origin, data: kept, during: race, for: 1s }",
            """
            12:34: error: faults.crash.data: found data of the origin that crashes; expected no data: the rows of \
            the origin are kept
            """
        ),
        Case(
            "crash: { whom: origin, during: race, at: commit }",
            """
            12:46: error: faults.crash.at: found a crash of origin at a commit; expected an instance, which dies \
            between its commit and what follows
            """
        ),
        Case(
            "pause: { whom: origin, during: race, until: 50 % }",
            """
            12:49: error: faults.pause.until: found pause of origin until operations are done that may be waiting \
            for it; expected for: a duration such as 500ms, 60s
            """
        ),
        Case(
            "hold: { whom: origin, during: race }",
            """
            12:19: error: faults.hold.whom: found hold of what origin loads until operations are done that may be \
            waiting for it; expected for: a duration such as 500ms, 60s
            """
        ),
        Case(
            "hold: { whom: redis, during: race, for: 1s }",
            "12:19: error: faults.hold.whom: found \"redis\"; expected one of origin"),
        Case(
            "partition: { whom: origin, during: race }",
            """
            12:24: error: faults.partition.whom: found \"origin\"; expected one of every instance, instance 1, \
            instance 2, …
            """
        ),
        Case(
            "partition: { whom: instance 1, during: race, passes: answer }",
            """
            12:58: error: faults.partition.passes: found \"answer\"; expected one of requests, answers; did you mean \
            answers?
            """
        ),
        Case(
            "disconnect: { whom: instance 1, during: race, passes: answers }",
            """
            12:51: error: faults.disconnect: found the unknown word \"passes\"; expected one of whom, during, after
            """
        ),
        Case("pause", "12:5: error: faults: found pause alone; expected { whom: …, during: … }"),
        Case(
            "pause: { during: race }",
            """
            12:12: error: faults.pause: found no whom; expected whom: one of redis, origin, every instance, \
            instance 1, instance 2, …
            """
        ),
        Case(
            "pause: { whom: redsi, during: race }",
            """
            12:20: error: faults.pause.whom: found \"redsi\"; expected one of redis, origin, every instance, \
            instance 1, instance 2, …; did you mean redis?
            """
        ),
        Case(
            "pause: { whom: instance 4, during: race }",
            "12:20: error: faults.pause.whom: found instance 4 of 3; expected instance 1 to instance 3"),
        Case(
            "pause: { whom: instance 0, during: race }",
            "12:20: error: faults.pause.whom: found instance 0 of 3; expected instance 1 to instance 3"),
        Case(
            "partition: { whom: redis, during: race }",
            """
            12:24: error: faults.partition.whom: found a partition of redis; expected one of every \
            instance, instance 1, instance 2, …: it is on their side of the connection
            """
        ),
        Case(
            "memory-pressure: { whom: instance 1, during: race }",
            "12:30: error: faults.memory-pressure.whom: found \"instance 1\"; expected one of redis"),
        Case(
            "evictoin: { whom: redis, during: race }",
            """
            12:5: error: faults: found \"evictoin\"; expected one of crash, pause, partition, disconnect, \
            delay, skew, memory-pressure, eviction, failover, hold; did you mean eviction?
            """
        ),
        Case(
            "eviction: { whom: instance 1, during: race }",
            "12:23: error: faults.eviction.whom: found \"instance 1\"; expected one of redis"),
        Case(
            "failover: { whom: every instance, during: race }",
            "12:23: error: faults.failover.whom: found \"every instance\"; expected one of redis"),
        Case(
            "crash: { whom: redis, during: race }",
            "12:12: error: faults.crash: found no data; expected data: kept or lost"),
        Case(
            "crash: { whom: redis, data: keep, during: race }",
            "12:33: error: faults.crash.data: found \"keep\"; expected one of kept, lost"),
        Case(
            "crash: { whom: instance 1, data: lost, during: race }",
            """
            12:38: error: faults.crash.data: found data of an instance that crashes; expected no data: its \
            memory is lost, and the host's disk is kept
            """
        ),
        Case(
            "delay: { whom: instance 1, during: race }",
            "12:12: error: faults.delay: found no by; expected by: a duration such as 500ms, 60s"),
        Case(
            "skew: { whom: instance 1, by: 1h, during: race }",
            """
            12:19: error: faults.skew.whom: found a skew of instance 1, which shares the clock of its host \
            with instance 3; expected every instance, or as many hosts as instances
            """
        ),
        Case(
            "disconnect: { whom: instance 1, during: race, for: 1s }",
            "12:51: error: faults.disconnect: found the unknown word \"for\"; expected one of whom, during, after"),
        Case(
            "pause: { whom: redis }",
            """
            12:12: error: faults.pause: found no during; expected during: the name of a phase, or of \
            several that follow each other
            """
        ),
        Case(
            "pause: { whom: redis, during: rcae }",
            """
            12:35: error: faults.pause.during: found the phase \"rcae\", which is not declared; expected \
            one of race, wait-2, heat, look, end; did you mean race?
            """
        ),
        Case(
            "pause: { whom: redis, during: end }",
            """
            12:35: error: faults.pause.during: found a fault during end, where everything must have healed \
            before it is looked at; expected the name of a phase, or of several that follow each other
            """
        ),
        Case(
            "pause: { whom: redis, during: [look, end] }",
            """
            12:42: error: faults.pause.during: found a fault during end, where everything must have healed \
            before it is looked at; expected the name of a phase, or of several that follow each other
            """
        ),
        Case(
            "pause: { whom: redis, during: heat }",
            """
            12:35: error: faults.pause.during: found a fault during heat, which no worker's operations \
            divide into shares; expected the name of a phase, or of several that follow each other
            """
        ),
        Case(
            "pause: { whom: redis, during: [race, look] }",
            """
            12:35: error: faults.pause.during: found phases that do not follow each other; expected the \
            name of a phase, or of several that follow each other
            """
        ),
        Case(
            "pause: { whom: redis, during: wait-2, after: 10 % }",
            "12:50: error: faults.pause.after: found a share of a wait; expected no after: it begins when the wait does"
        ),
        Case(
            "pause: { whom: redis, during: wait-2, until: 10 % }",
            """
            12:50: error: faults.pause.until: found a share of a wait; expected for: a duration such as \
            500ms, 60s, or nothing
            """
        ),
        Case(
            "pause: { whom: redis, during: race, after: 100 % }",
            """
            12:48: error: faults.pause.after: found \"100 %\"; expected less than 100 %: afterwards nothing \
            is left to go wrong
            """
        ),
        Case(
            "pause: { whom: redis, during: race, after: 50 %, until: 50 % }",
            """
            12:61: error: faults.pause.until: found \"50 %\"; expected more than after, or it would be over \
            before it began
            """
        ),
        Case(
            "pause: { whom: redis, during: race, until: 50 %, for: 1s }",
            "12:48: error: faults.pause.until: found until beside for; expected one of until, for"),
        Case(
            "pause: { whom: redis, during: race, every: 1s }",
            "12:48: error: faults.pause.every: found every without for; expected for: how long it lasts each time"),
        Case(
            "pause: { whom: redis, during: race, for: 1s, every: 900ms }",
            "12:57: error: faults.pause.every: found \"900ms\"; expected longer than for, or it would never be over"),
        Case(
            "pause: { whom: redis, during: race, after: 50 %, for: 1s, every: 2s, until: 40 % }",
            """
            12:81: error: faults.pause.until: found \"40 %\"; expected more than after, or it would be over \
            before it began
            """
        ),
        Case(
            "pause: { whom: redis, during: race, for: 10 }",
            "12:46: error: faults.pause.for: found \"10\"; expected a duration such as 500ms, 60s"
                + "; did you mean \"10s\"?"
        ),
        Case(
            "pause: { whom: every instance, during: race, until: 50 % }",
            """
            12:57: error: faults.pause.until: found pause of every instance until operations are done that \
            nobody is left to do; expected for: a duration such as 500ms, 60s
            """
        ),
        Case(
            "pause: { whom: every instance, during: race }",
            """
            12:20: error: faults.pause.whom: found pause of every instance until operations are done that \
            nobody is left to do; expected for: a duration such as 500ms, 60s
            """
        ),
    ]

    @Test("A fault that is impossible is reported with its place, and with what would be possible", arguments: wrong)
    func reported(_ wrong: Case) {
        #expect(ValidScenario.errors(in: Self.text(wrong.fault)) == ["chain.yaml:" + wrong.error])
    }

    @Test("Two of one kind may not hit one victim at once")
    func overlapping() {
        let first = "crash: { whom: redis, data: lost, during: race, after: 10 %, until: 50 % }"
        let second = "crash: { whom: redis, data: kept, during: race, after: 40 % }"
        #expect(
            ValidScenario.errors(in: Self.text(first, second)) == [
                """
                chain.yaml:13:5: error: faults: found a crash of redis, its data kept while the crash of \
                redis, its data lost may not be over; expected faults of one kind one after the other for \
                each victim
                """
            ])
        #expect(ValidScenario.errors(in: Self.text(first, second.replacing("40 %", with: "50 %"))) == [])
        // The origin, Redis and the instances are none of each other.
        let pauses = ["origin", "redis", "every instance"].map {
            "pause: { whom: \($0), during: race, after: 10 %, for: 1s }"
        }
        #expect(ValidScenario.errors(in: Self.text(pauses[0], pauses[1], pauses[2])) == [])
        let both = [pauses[2], pauses[2].replacing("every instance", with: "instance 2")]
        #expect(ValidScenario.errors(in: Self.text(both[0], both[1])).count == 1)
    }

    @Test("A lease that nobody could keep up is an error")
    func lease() {
        let text = Self.text("pause: { whom: redis, during: race }")
        #expect(
            ValidScenario.errors(in: text.replacing("workers: 2", with: "lease: 10ms")) == [
                """
                chain.yaml:2:43: error: cluster.lease: found \"10ms\"; expected a lease of 100ms or more, \
                for an instance says four times a lease that it is alive
                """
            ])
    }

    @Test("What is right is read as it is meant")
    func valid() throws {
        let text = Self.text(
            "crash: { whom: redis, data: kept, during: race, after: 20 %, until: 60 % }",
            "crash: { whom: instance 2, during: [race, wait-2] }",
            "delay: { whom: every instance, by: 5ms, during: look }",
            "pause: { whom: instance 1, during: wait-2, for: 200ms }")
        let scenario = try ScenarioLoader(targetsFolder: ValidScenario.noTables).decode(text, file: "a.yaml")
        #expect(
            scenario.faults == [
                Fault(.crash(.kept), of: .redis, during: ["race"], from: 0.2, until: .share(0.6)),
                Fault(.crash(nil), of: .instance(1), during: ["race", "wait-2"], until: nil),
                Fault(.delay(.milliseconds(5)), of: .everyInstance, during: ["look"], until: .share(1)),
                Fault(.pause, of: .instance(0), during: ["wait-2"], until: .after(.milliseconds(200))),
            ])
    }
}
