import Testing

@testable import Simulation

@Suite("Steps that declare their accesses")
struct ConfinementTests {
    typealias Access = ExhaustiveTests.Access

    /// The program of `ExhaustiveTests` in a marked part. Each access is declared when it happens.
    static func explore(
        _ program: [[Access]], telling: Bool = true, isReducing: Bool = true
    ) throws -> (exploration: ExhaustiveExploration, states: Set<[Int]>) {
        let states = Shared(Set<[Int]>())
        let exploration = try Simulation.exhaustMarked(
            isReducing: isReducing, input: 0, smaller: { _ in [] }, while: { $0.schedules < 1_000_000 },
            { _ in
                let state = Shared(
                    (objects: [Int](repeating: 0, count: 3), registers: [Int](repeating: 0, count: program.count)))
                await Simulation.exploring {
                    await withDiscardingTaskGroup { group in
                        for (task, accesses) in program.enumerated() {
                            group.addTask {
                                for access in accesses {
                                    await Simulation.point("access")
                                    if telling { Simulation.touch(access.object, access.writes ? .writes : .reads) }
                                    state.withLock {
                                        ExhaustiveTests.apply(access, of: task, &$0.objects, &$0.registers)
                                    }
                                }
                            }
                        }
                    }
                }
                return state.withLock { $0.objects + $0.registers }
            },
            check: { run in
                let value = try run.get()
                states.withLock { _ = $0.insert(value) }
            })
        return (exploration, states.withLock { $0 })
    }

    @Test("Source sets lose no final state, and run one schedule of each class", arguments: UInt64(0)..<100)
    func losesNothing(_ seed: UInt64) throws {
        let program = ExhaustiveTests.randomProgram(seed: seed)
        let (exploration, states) = try Self.explore(program)
        #expect(states == ExhaustiveTests.enumerated(program))
        #expect(exploration.schedules == Self.classes(of: program))
    }

    /// The number of classes of interleavings that differ in more than the order of independent accesses.
    ///
    /// It is counted without the simulation: two interleavings are equal if all dependent pairs have the same order.
    static func classes(of program: [[Access]]) -> Int {
        var classes: Set<[[Int]]> = []
        func go(_ next: [Int], _ done: [(task: Int, number: Int, access: Access)]) {
            var isDone = true
            for task in program.indices where next[task] < program[task].count {
                isDone = false
                var further = next
                further[task] += 1
                go(further, done + [(task, next[task], program[task][next[task]])])
            }
            guard isDone else { return }
            var orders: [[Int]] = []
            for (index, later) in done.enumerated() {
                for earlier in done[..<index]
                where earlier.task != later.task && earlier.access.object == later.access.object
                    && (earlier.access.writes || later.access.writes)
                { orders.append([earlier.task, earlier.number, later.task, later.number]) }
            }
            classes.insert(orders.sorted { $0.lexicographicallyPrecedes($1) })
        }
        go(program.map { _ in 0 }, [])
        return classes.count
    }

    @Test("A missing declaration hides schedules, and the referee finds it")
    func untold() throws {
        let program = [[Access(object: 0, writes: true)], [Access(object: 0, writes: false)]]
        #expect(try Self.explore(program).states.count == 2)
        #expect(try Self.explore(program, telling: false).states.count == 1)
    }

    @Test("Without reduction every interleaving of the marked part runs, and none of the rest")
    func unreduced() throws {
        let program = [[Access]](
            repeating: [Access(object: 0, writes: true), Access(object: 1, writes: true)], count: 2)
        // Two tasks of three steps, and the position of the group's owner when both have ended.
        #expect(
            try Self.explore(program, isReducing: false).exploration.schedules == ExhaustiveTests.multinomial([3, 3]))
    }

    @Test("Two counts commute, and a count and a read do not", arguments: [(false, 1), (true, 4)])
    func counting(looks: Bool, schedules: Int) throws {
        let exploration = try Simulation.exhaustMarked(
            input: 0, smaller: { _ in [] }, while: { $0.schedules < 1_000 },
            { _ in
                await Simulation.exploring {
                    await withDiscardingTaskGroup { group in
                        for task in 0..<3 {
                            group.addTask {
                                await Simulation.point("count")
                                Simulation.touch("counter", looks && task == 2 ? .reads : .adds)
                            }
                        }
                    }
                }
            })
        // Each of the two others counts before or after the read.
        #expect(exploration.schedules == schedules)
    }

    @Test("A message cannot be received before it is sent")
    func messages() throws {
        let exploration = try Simulation.exhaustMarked(
            input: 0, smaller: { _ in [] }, while: { $0.schedules < 1_000 },
            { _ in
                await Simulation.exploring {
                    let (messages, sink) = AsyncStream.makeStream(of: Int.self)
                    await withDiscardingTaskGroup { group in
                        group.addTask {
                            for number in 0..<3 {
                                await Simulation.point("send")
                                Simulation.touch(number, .sends)
                                sink.yield(number)
                            }
                            sink.finish()
                        }
                        group.addTask {
                            for await number in messages {
                                await Simulation.point("deliver")
                                Simulation.touch(number, .receives)
                            }
                        }
                    }
                }
            })
        #expect(exploration.schedules == 1)
    }

    @Test("An access without a declaration is an escape", arguments: [true, false])
    func expectation(isTold: Bool) throws {
        func explore() throws {
            try Simulation.exhaustMarked(
                input: 0, smaller: { _ in [] }, while: { $0.schedules < 1_000 },
                { _ in
                    await Simulation.exploring {
                        await withDiscardingTaskGroup { group in
                            group.addTask {
                                await Simulation.confined(to: "own") {
                                    await Simulation.point("somewhere")
                                    if isTold { Simulation.touchOwn() }
                                    Simulation.expectOwn("its own")
                                }
                            }
                        }
                    }
                })
        }
        if isTold {
            try explore()
        } else {
            let failure = try #require(throws: ExplorationFailure.self) { try explore() }
            #expect("\(failure.outcome)".contains("accessed its own without a declaration"))
        }
    }
}
