import Simulation
import Support
import Testing

@Suite struct StuckTests {
    /// A lock with waiting tasks. Cancellation does not end the waiting.
    final class TaskLock: Sendable {
        private let state = Lock((isHeld: false, waiting: [UnsafeContinuation<Void, Never>]()))

        func lock() async {
            await withUnsafeContinuation { continuation in
                let isMine = state.withLock { state in
                    if state.isHeld { state.waiting.append(continuation) }
                    defer { state.isHeld = true }
                    return !state.isHeld
                }
                if isMine { continuation.resume() }
            }
        }

        func unlock() {
            let next = state.withLock { state in
                if state.waiting.isEmpty { state.isHeld = false }
                return state.waiting.isEmpty ? nil : state.waiting.removeFirst()
            }
            next?.resume()
        }
    }

    @Sendable
    static func transfer() async {
        let first = TaskLock()
        let second = TaskLock()
        @Sendable func move(_ name: String, _ from: TaskLock, _ to: TaskLock) async {
            await Simulation.named(name) {
                await Simulation.point("take mine")
                await from.lock()
                await Simulation.point("take the other")
                await to.lock()
                to.unlock()
                from.unlock()
            }
        }
        await withTaskGroup { group in
            group.addTask { await move("there", first, second) }
            group.addTask { await move("back", second, first) }
        }
    }

    @Test("A deadlock is found, and its tasks are named with their last points")
    func deadlock() throws {
        let failure = try #require(throws: ExplorationFailure.self) {
            try Simulation.explore(schedules: 200) { await Self.transfer() }
        }
        guard case .deadlock(let tasks) = failure.outcome else {
            Issue.record("not a deadlock: \(failure)")
            return
        }
        #expect(tasks.map(\.name).sorted() == ["back", "there"])
        #expect(tasks.allSatisfy { $0.lastPoint == "take the other" })
        let replayed = try Simulation.replay(failure.token) { await Self.transfer() }
        #expect("\(replayed.outcome)" == "\(failure.outcome)")
    }

    @Test("A lost continuation is reported with the task that waits for it, and not with that task's owners")
    func lostContinuation() throws {
        let run = try Simulation.run {
            await withTaskGroup { group in
                group.addTask { await Simulation.named("quick") { await Simulation.point("pass") } }
                group.addTask {
                    await Simulation.named("owner") {
                        async let waiting: Void = Simulation.named("waiting") {
                            await Simulation.point("wait for the signal")
                            await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
                        }
                        await waiting
                    }
                }
            }
        }
        guard case .lostContinuation(let task) = run.outcome else {
            Issue.record("no lost continuation: \(run.outcome)")
            return
        }
        #expect(task.name == "waiting")
        #expect(task.lastPoint == "wait for the signal")
        let error = #expect(throws: SimulationFailure.self) { try run.get() }
        #expect(error?.token == run.token)
    }

    @Test("A task's own name is used if there is no other")
    func taskName() throws {
        let run = try Simulation.run {
            await Task(name: "own name") {
                await Simulation.point("here")
                await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
            }.value
        }
        #expect("\(run.outcome)" == "lost continuation: no task is left to resume \"own name\", last at \"here\"")
    }

    static let endless: [(name: String, body: @Sendable () async -> Void)] = [
        ("yields", { while !Task.isCancelled { await Task.yield() } }),
        ("passes points", { while !Task.isCancelled { await Simulation.point("again") } }),
        ("yields and ignores its cancellation", { while true { await Task.yield() } }),
        ("passes points and ignores its cancellation", { while true { await Simulation.point("again") } }),
        ("sleeps", { while !Task.isCancelled { try? await Simulation.clock.sleep(for: .seconds(1)) } }),
    ]

    @Test(
        "A task without end is stopped at the limit and named", arguments: endless.indices,
        [Strategy.random, .firstCome])
    func livelock(_ index: Int, _ strategy: Strategy) throws {
        let run = try Simulation.run(strategy: strategy, limits: SimulationLimits(steps: 5_000)) {
            await Simulation.named("spinning") { await Self.endless[index].body() }
        }
        guard case .stepBudgetSpent(let steps, let running) = run.outcome else {
            Issue.record("ended: \(run.outcome)")
            return
        }
        #expect(steps == 5_000)
        #expect(running.map(\.name) == ["spinning"])
    }

    @Test("After a deadlock the body is cancelled, and tasks that obey leave nothing behind")
    func drains() throws {
        weak var held: Held?
        do {
            let object = Held()
            held = object
            let run = try Simulation.run {
                await withTaskGroup { group in
                    for name in ["one", "two"] {
                        group.addTask {
                            await Simulation.named(name) {
                                let (stream, source) = AsyncStream<Held>.makeStream()
                                for await _ in stream {}
                                withExtendedLifetime((source, object)) {}
                            }
                        }
                    }
                }
            }
            guard case .deadlock = run.outcome else {
                Issue.record("no deadlock: \(run.outcome)")
                return
            }
        }
        #expect(held == nil)
    }

    final class Held: Sendable {}
}
