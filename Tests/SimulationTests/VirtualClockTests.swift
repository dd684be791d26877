import Simulation
import Testing

@Suite struct VirtualClockTests {
    @Test("Sleeping tasks wake by deadline, at exactly their time, and an hour takes no real time")
    func order() throws {
        let log = Log()
        let run = try Simulation.run {
            await withDiscardingTaskGroup { group in
                for seconds in [3_600, 1, 60, 2] {
                    group.addTask {
                        let clock = Simulation.clock
                        let start = clock.now
                        try? await clock.sleep(for: .seconds(seconds))
                        log.add("\(seconds) \(start.duration(to: clock.now) == .seconds(seconds))")
                    }
                }
            }
        }
        #expect(log.lines == ["1 true", "2 true", "60 true", "3600 true"])
        #expect(run.duration == .seconds(3_600))
    }

    @Test("The time does not move while a task can run", arguments: UInt64(0)..<20)
    func standsStill(_ seed: UInt64) throws {
        let run = try Simulation.run(seed: seed) {
            let clock = Simulation.clock
            async let sleeping: Void = clock.sleep(for: .nanoseconds(1))
            for _ in 0..<100 {
                await Simulation.point("busy")
                try Simulation.check(clock.now.nanoseconds == 0, "time passed")
            }
            try await sleeping
            return clock.now.nanoseconds
        }
        #expect(try run.get() == 1)
    }

    @Test("Tasks that wake at one time continue in any order")
    func sameTime() throws {
        let firsts = Shared(Set<Int>())
        try Simulation.explore(schedules: 50) {
            let order = Log()
            await withDiscardingTaskGroup { group in
                for number in 0..<3 {
                    group.addTask {
                        try? await Simulation.clock.sleep(for: .seconds(1))
                        order.add("\(number)")
                    }
                }
            }
            return order.lines.first
        } check: { run in
            if let first = run.value ?? nil { firsts.withLock { _ = $0.insert(Int(first) ?? -1) } }
        }
        #expect(firsts.withLock { $0 } == [0, 1, 2])
    }

    @Test("A cancelled sleep ends at once with an error, and takes no time")
    func cancelled() throws {
        let run = try Simulation.run {
            let sleeping = Task { try await Simulation.clock.sleep(for: .seconds(5)) }
            await Simulation.point("let it sleep")
            sleeping.cancel()
            let result = await sleeping.result
            if case .success = result { try Simulation.check(false, "slept") }
            let late = Task { try await Simulation.clock.sleep(for: .seconds(5)) }
            late.cancel()
            if case .success = await late.result { try Simulation.check(false, "slept") }
        }
        try run.get()
        #expect(run.duration == .zero)
    }

    @Test("Sleeping tasks that no task awaits do not prolong the run, and are ended")
    func leftBehind() throws {
        let log = Log()
        let run = try Simulation.run {
            Task {
                do { try await Simulation.clock.sleep(for: .seconds(100)) } catch { log.add("\(error)") }
            }
            try await Simulation.clock.sleep(for: .seconds(1))
        }
        try run.get()
        #expect(run.duration == .seconds(1))
        #expect(log.lines == ["CancellationError()"])
    }

    @Test("A task that ignores errors and sleeps again does not keep the run from ending")
    func ticker() throws {
        let run = try Simulation.run(limits: SimulationLimits(steps: 1_000)) {
            Task { while true { try? await Simulation.clock.sleep(for: .seconds(1)) } }
            try await Simulation.clock.sleep(for: .seconds(10))
        }
        try run.get()
        #expect(run.duration == .seconds(10))
    }

    @Test("Durations beyond 292 years are held within the range of the clock")
    func extremes() {
        let start = VirtualClock.Instant(nanoseconds: 5)
        #expect(start.advanced(by: .seconds(Int64.max)).nanoseconds == .max)
        #expect(start.advanced(by: .seconds(Int64.min)).nanoseconds < 0)
        #expect(start.advanced(by: .nanoseconds(-3)).nanoseconds == 2)
    }
}
