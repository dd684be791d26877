import CacheHierarchy
import Judging
import Scenarios
import Support
import Testing

@testable import ScenarioRunner

@Suite("The parts of faults")
struct FaultPartsTests {
    static func schedule(_ faults: Fault...) -> FaultSchedule { FaultSchedule(FaultRunTests.scenario(faults)) }

    /// Has all that is due done, and tells it.
    static func changes(_ schedule: inout FaultSchedule) -> [String] {
        var told: [String] = []
        while let change = schedule.takeDueChange() {
            told.append((change.isBeginning ? "+" : "-") + change.fault.victim.description)
            _ = schedule.made(change, from: 1, to: 2)
        }
        return told
    }

    @Test("A fault begins and ends at its shares of the operations")
    func shares() {
        var schedule = Self.schedule(
            Fault(.partition, of: .everyInstance, during: ["race"], from: 0.25, until: .share(0.5)))
        schedule.begin("other", planned: [1, 1, 1, 1])
        #expect(Self.changes(&schedule) == [])
        schedule.begin("race", planned: [2, 2, 2, 2])
        var told: [String] = []
        for worker in 0..<4 {
            schedule.completed(by: worker)
            told += Self.changes(&schedule).map { "\(worker + 1) \($0)" }
        }
        #expect(told == ["2 +every instance", "4 -every instance"])
        #expect(schedule.records[0].tookEffect)
    }

    @Test("It ends when nobody but its victims has anything left to do, who may be waiting for that")
    func reachable() {
        var schedule = Self.schedule(Fault(.pause, of: .instance(0), during: ["race"], until: .share(0.9)))
        schedule.begin("race", planned: [3, 3, 1, 1])
        #expect(Self.changes(&schedule) == ["+instance 1"])
        schedule.completed(by: 2)
        #expect(Self.changes(&schedule) == [])
        schedule.completed(by: 3)
        #expect(Self.changes(&schedule) == ["-instance 1"])
    }

    @Test("What begins when the last operation is over has not taken effect, and what lasts ends with its phase")
    func noEffect() throws {
        var schedule = Self.schedule(
            Fault(.disconnect, of: .instance(0), during: ["race"], from: 0.5, until: nil),
            Fault(.delay(.seconds(1)), of: .instance(1), during: ["race"], from: 0.5, until: .share(1)))
        schedule.begin("race", planned: [1, 0, 1, 0])
        schedule.completed(by: 0)
        let due = schedule.takeDueChange()
        let change = try #require(due)
        // Nothing else begins meanwhile, but what was under way comes to its end.
        #expect(schedule.takeDueChange() == nil)
        schedule.completed(by: 2)
        let actions = schedule.made(change, from: 1, to: 2)
        #expect(actions.last == .admitWorkers)
        let cancelled = schedule.endPhase()
        #expect(cancelled == [])
        #expect(Self.changes(&schedule) == [])
        #expect(schedule.records.map(\.tookEffect) == [false, false])
    }

    @Test("What is repeated begins again at its time, as long as its share is not done and the phase goes on")
    func repeated() {
        var fault = Fault(
            .crash(.kept), of: .redis, during: ["race"], from: 0.25, until: .after(.nanoseconds(5)))
        fault.repetition = Fault.Repetition(every: .nanoseconds(10), until: 0.75)
        var schedule = Self.schedule(fault, fault)
        schedule.begin("race", planned: [2, 2, 2, 2])
        #expect(Self.changes(&schedule) == [])
        for _ in 0..<2 { schedule.completed(by: 0) }
        #expect(Self.changes(&schedule) == ["+redis", "+redis"])
        // Only what lasted its time ends, and only what ended begins again, when that time has come.
        #expect(schedule.nextBeginning(of: 0) == nil)
        schedule.timeIsUp(for: 0)
        #expect(Self.changes(&schedule) == ["-redis"])
        #expect(schedule.nextBeginning(of: 0) == 11)
        schedule.timeIsUp(for: 0)
        #expect(Self.changes(&schedule) == ["+redis"])
        schedule.timeIsUp(for: 0)
        #expect(Self.changes(&schedule) == ["-redis"])
        // The share is done: the first does not come again, and the second does not either.
        for worker in [1, 1, 2, 2] { schedule.completed(by: worker) }
        schedule.timeIsUp(for: 0)
        schedule.timeIsUp(for: 1)
        #expect(Self.changes(&schedule) == ["-redis"])
        schedule.timeIsUp(for: 1)
        #expect(Self.changes(&schedule) == [])
        // Neither begins again.
        let cancelled = schedule.endPhase()
        #expect(cancelled == [0, 1])
        #expect(schedule.isQuiet)
        #expect(schedule.records.map(\.times) == [2, 1])
    }

    @Test(
        "A change that was made says which timer starts, whether recovery is measured, and lets the workers go on last")
    func actions() throws {
        var fault = Fault(
            .crash(.kept), of: .redis, during: ["race"], from: 0, until: .after(.nanoseconds(5)))
        fault.repetition = Fault.Repetition(every: .nanoseconds(10), until: 1)
        var schedule = Self.schedule(fault)
        schedule.begin("race", planned: [2, 2, 2, 2])
        let due = schedule.takeDueChange()
        let beginning = try #require(due)
        let begun = schedule.made(beginning, from: 100, to: 101)
        #expect(begun == [.startTimer(fault: 0, .after(5)), .admitWorkers])
        schedule.timeIsUp(for: 0)
        let next = schedule.takeDueChange()
        let end = try #require(next)
        let ended = schedule.made(end, from: 105, to: 106)
        #expect(ended == [.startTimer(fault: 0, .at(110)), .measureRecovery(fault: 0), .admitWorkers])
        // The phase ends before it begins again.
        #expect(schedule.endingWithPhase == [0])
        let cancelled = schedule.endPhase()
        #expect(cancelled == [0])
        schedule.timeIsUp(for: 0)
        #expect(Self.changes(&schedule) == [])
    }

    @Test("Who stands still is given what arrived in its order, and the dead are given nothing")
    func lifeline() async throws {
        let life = Lifeline(of: "i")
        let heard = Lock<[Int]>([])
        func arrive(_ number: Int) { life.deliver { heard.withLock { $0.append(number) } } }
        arrive(1)
        life.pause()
        arrive(2)
        arrive(3)
        #expect(heard.withLock { $0 } == [1])
        async let passing: Void = life.pass()
        life.resume()
        try await passing
        #expect(heard.withLock { $0 } == [1, 2, 3])
        life.pause()
        arrive(4)
        life.end()
        life.resume()
        arrive(5)
        #expect(heard.withLock { $0 } == [1, 2, 3])
        await #expect(throws: Lifeline.Gone.self) { try await life.pass() }
        #expect(life.isGone)
    }

    @Test("A clock that jumps knows what time it really was")
    func skew() {
        let clock = SkewedClock(HostClock(), ofPlace: 0)
        let before = clock.now()
        clock.jump(by: 1_000_000_000_000)
        let after = clock.now()
        clock.jump(by: 5)
        #expect(after - before >= 1_000_000_000_000)
        #expect(clock.trueTime(of: before) == before)
        #expect(clock.trueTime(of: after) == after - 1_000_000_000_000)
        let last = clock.now()
        #expect(clock.trueTime(of: last) == last - 1_000_000_000_005)
    }
}
