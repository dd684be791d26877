import TestSupport
import Testing

@testable import Simulation

@Suite(.computing) struct StrategyTests {
    /// The order in which three tasks of two points each take their steps.
    static func order(_ strategy: Strategy, seed: UInt64 = 1) throws -> [String] {
        let log = Log()
        try Simulation.run(seed: seed, strategy: strategy) {
            await withDiscardingTaskGroup { group in
                for name in ["a", "b", "c"] {
                    group.addTask {
                        for step in 1...2 {
                            await Simulation.point("step")
                            log.add("\(name)\(step)")
                        }
                    }
                }
            }
        }.get()
        return log.lines
    }

    @Test("First come lets each task run until it waits")
    func firstCome() throws {
        #expect(try Self.order(.firstCome) == ["a1", "a2", "b1", "b2", "c1", "c2"])
    }

    @Test("Round robin passes the turn to the next task at every point")
    func roundRobin() throws {
        #expect(try Self.order(.roundRobin) == ["a1", "b1", "c1", "a2", "b2", "c2"])
    }

    @Test("Each strategy has its own length of runs, and a strategy that has not run yet takes the last one")
    func tuning() {
        var tuning = StrategyTuning()
        #expect(tuning.decisions(of: .random) == 100)
        tuning.learn(800, of: .random)
        #expect(tuning.decisions(of: .priorities(depth: 3)) == 800)
        tuning.learn(90, of: .priorities(depth: 3))
        tuning.learn(0, of: .priorities(depth: 3))
        #expect(tuning.decisions(of: .random) == 800)
        #expect(tuning.decisions(of: .priorities(depth: 3)) == 90)
        #expect(tuning.decisions(of: .priorities(depth: 5)) == 90)
    }

    @Test("An explorer updates its tuning and passes it on")
    func explorerTunes() throws {
        try Simulation.prepare()
        let body: @Sendable (Int) async throws -> Void = { points in
            await withDiscardingTaskGroup { group in
                for _ in 0..<2 { group.addTask { for _ in 0..<points { await Simulation.point("step") } } }
            }
        }
        var explorer = Explorer(limits: SimulationLimits(), body: body, check: { _ in })
        let run = explorer.run(50, seed: 1, .priorities(depth: 3))
        #expect(explorer.tuning.decisions(of: .priorities(depth: 3)) == run.schedule.decisions)
        #expect(run.schedule.decisions > 0)
    }

    @Test("Without changes of priority each task runs until it waits, in one of all orders")
    func priorities() throws {
        let orders = try (UInt64(0)..<60).map { try Self.order(.priorities(depth: 1), seed: $0) }
        for order in orders {
            for name in ["a", "b", "c"] {
                let first = try #require(order.firstIndex(of: name + "1"))
                #expect(order[first + 1] == name + "2", "task \(name) in \(order)")
            }
        }
        #expect(Set(orders).count == 6)
    }

    @Test("With lingering a task continues at half of its points, whatever the number of others", arguments: [1, 20])
    func lingering(_ others: Int) {
        var scheduler = LingeringScheduler(random: SeededRandom(seed: 5))
        let waiting = Array(1...others)
        let chosen = (0..<4_000).map { _ in scheduler.choose(from: waiting.span, running: 0, mayGoOn: true) }
        #expect((1_800...2_200).contains(chosen.count { $0 == others }))
        for other in waiting.indices {
            #expect((1_000 / others...3_000 / others).contains(chosen.count { $0 == other }), "task \(other)")
        }
    }

    @Test("Lingering reaches every order of the runnable tasks")
    func everyLingeringOrder() throws {
        // Six steps of three tasks: 6! / (2! 2! 2!) orders.
        #expect(Set(try (UInt64(0)..<4_000).map { try Self.order(.lingering, seed: $0) }).count == 90)
    }

    @Test("A change of priority puts the running task behind all others")
    func change() throws {
        // One change, at the first decision.
        var scheduler = PriorityScheduler(random: SeededRandom(seed: 3), depth: 2, decisions: 1)
        let others = [1, 2]
        let chosen = scheduler.choose(from: others.span, running: 0, mayGoOn: true)
        try #require(chosen < 2)
        let last = [0]
        #expect(scheduler.choose(from: last.span, running: others[chosen], mayGoOn: true) == 1)
    }

    @Test(
        "A choice finds its index again, also among several jobs of one task",
        arguments: [[1], [4, 4, 7, 4], [7, 4], [4, 7, 4]], [true, false])
    func choices(_ runnable: [Int], _ mayGoOn: Bool) {
        var seen: Set<Choice> = []
        for index in 0..<(mayGoOn ? runnable.count + 1 : runnable.count) {
            let choice = Choice(index, among: runnable.span, running: 4, mayGoOn: mayGoOn)
            #expect(choice.index(among: runnable.span, running: 4, mayGoOn: mayGoOn) == index, "index \(index)")
            seen.insert(choice)
        }
        #expect(seen.count == (mayGoOn ? runnable.count + 1 : runnable.count))
        for choice in Choice.all(among: runnable, running: 4, mayGoOn: mayGoOn) {
            #expect(choice.index(among: runnable.span, running: 4, mayGoOn: mayGoOn) != nil, "\(choice)")
        }
    }

    @Test("The engine asks a strategy of a caller whenever there is a choice")
    func ownStrategy() throws {
        struct Latest: Scheduler {
            func choose(from runnable: Span<Int>, running: Int, mayGoOn: Bool) -> Int {
                mayGoOn ? runnable.count : runnable.count - 1
            }
        }
        let latest = Strategy(name: "latest") { _, _ in Latest() }
        #expect(try Self.order(latest) == ["c1", "c2", "b1", "b2", "a1", "a2"])
    }

    @Test("Points in an actor's method and after an immediate task belong to the task that passes them")
    func attribution() throws {
        actor Shared {
            func work() async { await Simulation.point("inside") }
        }
        for seed in UInt64(0)..<30 {
            let run = try Simulation.run(seed: seed) {
                let shared = Shared()
                await withDiscardingTaskGroup { group in
                    for name in ["a", "b", "c"] {
                        group.addTask { await Simulation.named(name) { await shared.work() } }
                    }
                    group.addImmediateTask { await Simulation.named("now") { await Simulation.point("at once") } }
                }
            }
            try run.get()
            var passed: [String] = []
            run.trace.forEach { event in
                if case .point(let task, let label, _) = event {
                    passed.append("\(run.trace.taskNames[task]): \(run.trace.text(ofLabel: label))")
                }
            }
            #expect(run.trace.taskNames.sorted() == ["a", "b", "body", "c", "now"])
            #expect(passed.sorted() == ["a: inside", "b: inside", "c: inside", "now: at once"])
        }
    }
}
