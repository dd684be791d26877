import FoundationEssentials
import Simulation
import TestSupport
import Testing

@Suite(.computing) struct ExploringTests {
    static func median(of counts: [Int]) -> Int { counts.sorted()[counts.count / 2] }

    static func schedulesUntilFound(clients: Int, operations: Int, keys: Int, distractions: Int, seed: UInt64) -> Int {
        let input = randomClients(readers: clients, operations: operations, keys: keys, seed: seed)
        do {
            try Simulation.explore(schedules: 2_000, seed: seed) {
                try await useCache(input, distractions: distractions)
            }
            return .max
        } catch let failure as ExplorationFailure {
            return failure.schedules
        } catch {
            Issue.record(error)
            return .max
        }
    }

    @Test(
        "The median of schedules to find a stale fill is below 100, or below 200 if the writer is slow",
        arguments: [
            (readers: 1, operations: 1, keys: 1, distractions: 0, limit: 100),
            (readers: 4, operations: 5, keys: 4, distractions: 0, limit: 100),
            (readers: 4, operations: 5, keys: 4, distractions: 40, limit: 200),
            (readers: 2, operations: 1, keys: 1, distractions: 40, limit: 200),
        ])
    func isFound(_ program: (readers: Int, operations: Int, keys: Int, distractions: Int, limit: Int)) {
        // If no client reads the writer's key, the program has no fault. With this many seeds such programs do not
        // matter.
        let counts = (0..<31).map { seed in
            Self.schedulesUntilFound(
                clients: program.readers, operations: program.operations, keys: program.keys,
                distractions: program.distractions, seed: UInt64(seed))
        }
        let median = Self.median(of: counts)
        #expect(median <= program.limit)
    }

    @Test("A failure is shrunk to two operations and at most six switches")
    func isShrunk() throws {
        for seed in UInt64(0)..<5 {
            let failure = try #require(throws: ExplorationFailure.self) {
                try Simulation.explore(
                    schedules: 5_000, seed: seed,
                    input: randomClients(readers: 4, operations: 5, keys: 4, seed: 3),
                    smaller: Simulation.withoutOne
                ) { try await useCache($0) }
            }
            let input = try #require(failure.input)
            let operations = ["read", "write"].map { input.components(separatedBy: $0).count - 1 }
            #expect(operations.reduce(0, +) == 2, "seed \(seed): \(input)")
            #expect(failure.switches <= 6, "seed \(seed): \(failure)")
            #expect(failure.switches <= failure.switchesWhenFound, "seed \(seed)")
        }
    }

    @Test("If each decision of a tangled schedule is needed, the shrinker finds another and simpler failing schedule")
    func findsSimplerSchedule() throws {
        let failure = try #require(throws: ExplorationFailure.self) {
            // The first schedule runs the tasks in turn.
            try Simulation.explore(schedules: 1, strategies: [.roundRobin, .random]) {
                let order = Shared<[String]>([])
                await withDiscardingTaskGroup { group in
                    for name in ["a", "b", "c"] {
                        group.addTask {
                            for _ in 0..<3 {
                                await Simulation.point("step")
                                order.withLock { $0.append(name) }
                            }
                        }
                    }
                }
                let text = order.withLock { $0.joined() }
                try Simulation.check(text != "abcabcabc" && !text.hasPrefix("bbb"), "\(text)")
            }
        }
        #expect("\(failure.outcome)".contains("bbb"), "\(failure)")
        #expect(failure.preemptions < failure.preemptionsWhenFound)
    }

    @Test("Shrinking keeps the kind of failure, even if another kind needs fewer switches")
    func keepsKind() throws {
        struct OneLost: Error {}
        struct TwoLost: Error {}
        let failure = try #require(throws: ExplorationFailure.self) {
            // In turn all three tasks read before one writes.
            try Simulation.explore(schedules: 1, strategies: [.roundRobin]) {
                let value = Shared(0)
                await withDiscardingTaskGroup { group in
                    for _ in 0..<3 {
                        group.addTask {
                            await Simulation.point("read")
                            let old = value.withLock { $0 }
                            await Simulation.point("write")
                            value.withLock { $0 = old + 1 }
                        }
                    }
                }
                switch value.withLock({ $0 }) {
                case 3: break
                case 2: throw OneLost()
                default: throw TwoLost()
                }
            }
        }
        guard case .failed(let error) = failure.outcome else {
            Issue.record("\(failure)")
            return
        }
        #expect(error is TwoLost)
        #expect(failure.switches < failure.switchesWhenFound)
    }

    @Test("A check that throws is a failure, and the check gets the value of the body")
    func checkFails() throws {
        let failure = try #require(throws: ExplorationFailure.self) {
            try Simulation.explore(schedules: 10) {
                await Simulation.point("somewhere")
                return 41
            } check: { run in
                try Simulation.check(run.value == 42, "found \(run.value ?? 0)")
            }
        }
        #expect("\(failure.outcome)" == "failed: found 41")
    }

    @Test("Distinct schedules are counted: one task has one, first come has one, random has all of a small program")
    func countsSchedules() throws {
        let twoTasks: @Sendable () async -> Void = {
            await withDiscardingTaskGroup { group in
                for _ in 0..<2 { group.addTask { await Simulation.point("only") } }
            }
        }
        let alone = try Simulation.explore(schedules: 50) { await Simulation.point("only") }
        #expect(alone.distinctSchedules == 1)
        let fixed = try Simulation.explore(schedules: 50, strategies: [.firstCome], twoTasks)
        #expect(fixed.distinctSchedules == 1)
        // Two tasks of two steps each: 4! / (2! 2!).
        let random = try Simulation.explore(schedules: 500, strategies: [.random], twoTasks)
        #expect(random.distinctSchedules == 6)
        #expect(random.schedules == 500)
    }

    @Test("Lists are shrunk by one element at a time, and by empty lists")
    func withoutOne() {
        #expect(Simulation.withoutOne([1, 2, 3]) == [[1, 2], [1, 3], [2, 3]])
        #expect(Simulation.withoutOne([[1], []]) == [[[1]], [[], []]])
        #expect(Simulation.withoutOne([Int]()) == [])
    }
}
