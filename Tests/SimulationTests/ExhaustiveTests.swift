import TestSupport
import Testing

@testable import Simulation

@Suite(.computing) struct ExhaustiveTests {
    /// A step of a small program. It reads an object into the task's register, or writes the register plus one.
    struct Access: Sendable, Hashable {
        let object: Int
        let writes: Bool
    }

    /// Runs the program as tasks of the simulation. Returns the final values of the objects and registers.
    static func simulated(_ program: [[Access]], declared: Bool) -> @Sendable () async -> [Int] {
        {
            let state = Shared(
                (objects: [Int](repeating: 0, count: 3), registers: [Int](repeating: 0, count: program.count)))
            await withDiscardingTaskGroup { group in
                for (task, accesses) in program.enumerated() {
                    group.addTask {
                        for access in accesses {
                            if declared {
                                await Simulation.point("access", touching: access.object, writes: access.writes)
                            } else {
                                await Simulation.point("access")
                            }
                            state.withLock { apply(access, of: task, &$0.objects, &$0.registers) }
                        }
                    }
                }
            }
            return state.withLock { $0.objects + $0.registers }
        }
    }

    static func apply(_ access: Access, of task: Int, _ objects: inout [Int], _ registers: inout [Int]) {
        if access.writes {
            objects[access.object] = registers[task] * 3 + task + 1
        } else {
            registers[task] = objects[access.object]
        }
    }

    /// The referee: all interleavings, by recursion. It shares no code with the simulation.
    static func enumerated(_ program: [[Access]]) -> Set<[Int]> {
        var states: Set<[Int]> = []
        func go(_ next: [Int], _ objects: [Int], _ registers: [Int]) {
            var isDone = true
            for task in program.indices where next[task] < program[task].count {
                isDone = false
                var (next, objects, registers) = (next, objects, registers)
                apply(program[task][next[task]], of: task, &objects, &registers)
                next[task] += 1
                go(next, objects, registers)
            }
            if isDone { states.insert(objects + registers) }
        }
        let zeros = program.map { _ in 0 }
        go(zeros, [0, 0, 0], zeros)
        return states
    }

    static func multinomial(_ counts: [Int]) -> Int {
        func factorial(_ number: Int) -> Int { (1...max(1, number)).reduce(1, *) }
        return counts.reduce(factorial(counts.reduce(0, +))) { $0 / factorial($1) }
    }

    static func explore(
        _ program: [[Access]], declared: Bool, isReducing: Bool, startsTouchNothing: Bool = false
    ) throws -> (exploration: ExhaustiveExploration, states: Set<[Int]>) {
        let states = Shared(Set<[Int]>())
        let exploration = try Simulation.exhaust(
            schedules: 1_000_000, isReducing: isReducing,
            limits: SimulationLimits(startsTouchNothing: startsTouchNothing), simulated(program, declared: declared)
        ) { run in
            if let value = run.value { states.withLock { _ = $0.insert(value) } }
        }
        return (exploration, states.withLock { $0 })
    }

    @Test(
        "Without reduction the schedules are all interleavings: the multinomial coefficients",
        arguments: [[1], [3], [1, 1], [2, 2], [3, 2], [1, 1, 1], [2, 1, 1], [4, 3]])
    func multinomials(_ points: [Int]) throws {
        let program = points.map { [Access](repeating: Access(object: 0, writes: true), count: $0) }
        let (exploration, _) = try Self.explore(program, declared: false, isReducing: false)
        // A task with n points has n + 1 steps: before the first point and after each.
        #expect(exploration.schedules == Self.multinomial(points.map { $0 + 1 }))
        #expect(exploration.abandoned == 0)
        guard case .everySchedule = exploration.verdict else {
            Issue.record("unknown")
            return
        }
    }

    static func randomProgram(seed: UInt64) -> [[Access]] {
        var random = SeededRandom(seed: seed)
        let tasks = 2 + random.below(2)
        return (0..<tasks).map { _ in
            (0..<(1 + random.below(tasks == 2 ? 4 : 2))).map { _ in
                Access(object: random.below(3), writes: random.below(2) == 0)
            }
        }
    }

    @Test("With and without reduction the final states are those of all interleavings", arguments: UInt64(0)..<60)
    func reductionLosesNothing(_ seed: UInt64) throws {
        let program = Self.randomProgram(seed: seed)
        let expected = Self.enumerated(program)
        let undeclared = try Self.explore(program, declared: false, isReducing: true)
        let declared = try Self.explore(program, declared: true, isReducing: true)
        let bold = try Self.explore(program, declared: true, isReducing: true, startsTouchNothing: true)
        #expect(undeclared.states == expected)
        #expect(declared.states == expected)
        #expect(bold.states == expected)
        #expect(undeclared.exploration.schedules == Self.multinomial(program.map { $0.count + 1 }))
        #expect(declared.exploration.schedules <= undeclared.exploration.schedules)
        #expect(bold.exploration.schedules <= declared.exploration.schedules)
    }

    @Test("Tasks that access different objects need far fewer schedules than there are interleavings")
    func reduces() throws {
        let program = (0..<3).map { task in [Access](repeating: Access(object: task, writes: true), count: 3) }
        let bold = try Self.explore(program, declared: true, isReducing: true, startsTouchNothing: true)
        #expect(bold.states == Self.enumerated(program))
        // There are 34,650 interleavings. The remaining schedules are the orders in which the tasks can end.
        #expect(bold.exploration.schedules == 6)
    }

    @Test("The order in which tasks end counts, although they access no common object")
    func orderOfEnds() throws {
        let orders = Shared(Set<[Int]>())
        try Simulation.exhaust(limits: SimulationLimits(startsTouchNothing: true)) {
            await withTaskGroup(of: Int.self) { group in
                for task in 0..<3 {
                    group.addTask {
                        await Simulation.point("own", touching: task, writes: true)
                        return task
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
        } check: { run in
            if let order = run.value { orders.withLock { _ = $0.insert(order) } }
        }
        #expect(orders.withLock { $0.count } == 6)
    }

    @Test("An exploration that ends early is unknown and not a pass")
    func unknown() throws {
        let program = [[Access]](repeating: [Access](repeating: Access(object: 0, writes: true), count: 3), count: 3)
        let exploration = try Simulation.exhaust(schedules: 100, Self.simulated(program, declared: false))
        guard case .unknown = exploration.verdict else {
            Issue.record("every schedule in a hundred")
            return
        }
        #expect(exploration.schedules + exploration.abandoned == 100)
    }

    @Test("The one failing schedule among many is found, shrunk and replayed")
    func findsFailure() throws {
        let body: @Sendable () async throws -> Void = {
            let word = Shared("")
            await withDiscardingTaskGroup { group in
                for letters in ["ac", "bd"] {
                    group.addTask {
                        for letter in letters {
                            await Simulation.point("write", touching: "word", writes: true)
                            word.withLock { $0.append(letter) }
                        }
                    }
                }
            }
            let written = word.withLock { $0 }
            try Simulation.check(written != "badc", written)
        }
        let failure = try #require(throws: ExplorationFailure.self) { try Simulation.exhaust(body) }
        #expect("\(failure.outcome)" == "failed: badc")
        let again = try Simulation.replay(failure.token, body)
        #expect(again.trace.hash == failure.token.traceHash)
    }

    @Test("Deadlocks are found too")
    func findsDeadlock() throws {
        let failure = try #require(throws: ExplorationFailure.self) {
            try Simulation.exhaust(limits: SimulationLimits(escapeGrace: .zero)) { await StuckTests.transfer() }
        }
        guard case .deadlock = failure.outcome else {
            Issue.record("\(failure)")
            return
        }
    }

    @Test("A program that differs from run to run is refused")
    func notRepeatable() {
        let log = Log()
        let error = #expect(throws: SimulationError.self) {
            try Simulation.exhaust {
                log.add("another run")
                let count = log.lines.count
                await withDiscardingTaskGroup { group in
                    for _ in 0..<(count % 3 + 1) { group.addTask { await Simulation.point("somewhere") } }
                }
            }
        }
        guard case .notRepeatable = error else {
            Issue.record("another error: \(String(describing: error))")
            return
        }
    }
}
