import Dispatch
import Testing

@testable import Simulation

@Suite struct EscapeTests {
    typealias Case = (name: String, report: String, body: @Sendable () async -> Void)

    static let cases: [Case] = [
        (
            "a resume from another thread", "another thread resumed \"outsider\", last at \"before\"",
            {
                let isWaiting = Shared(false)
                let waiting = Shared<UnsafeContinuation<Void, Never>?>(nil)
                await withDiscardingTaskGroup { group in
                    group.addTask {
                        await Simulation.named("outsider") {
                            await Simulation.point("before")
                            await withUnsafeContinuation { continuation in
                                waiting.withLock { $0 = continuation }
                                isWaiting.withLock { $0 = true }
                            }
                        }
                    }
                    group.addTask {
                        await until(isWaiting)
                        if let continuation = waiting.withLock({ $0 }) { onAnotherThread { continuation.resume() } }
                    }
                }
            }
        ),
        (
            "a resume of an actor's work from another thread", "another thread resumed",
            {
                let actor = Waiting()
                await withDiscardingTaskGroup { group in
                    group.addTask { await actor.wait() }
                    group.addTask {
                        await until(actor.isWaiting)
                        if let continuation = actor.waiting.withLock({ $0 }) {
                            onAnotherThread { continuation.resume() }
                        }
                    }
                }
            }
        ),
        ("work for the main actor", "the main actor", { await MainActor.run {} }),
        ("a sleep on the continuous clock", "ContinuousClock", { try? await Task.sleep(for: .seconds(3600)) }),
        (
            "a sleep on the suspending clock", "SuspendingClock",
            { try? await SuspendingClock().sleep(until: .now + .seconds(3600)) }
        ),
        ("a sleep in nanoseconds", "sleep", { try? await Task.sleep(nanoseconds: 3_600_000_000_000) }),
        (
            "an executor of somebody's own", "another thread resumed",
            {
                let gate = DispatchSemaphore(value: 0)
                let isWaiting = Shared(false)
                await withDiscardingTaskGroup { group in
                    group.addTask {
                        isWaiting.withLock { $0 = true }
                        await Task(executorPreference: QueueExecutor.shared) { block(until: gate) }.value
                    }
                    group.addTask {
                        await until(isWaiting)
                        gate.signal()
                    }
                }
            }
        ),
        (
            "an actor with an executor of its own", "another thread resumed",
            { await ActorElsewhere().work() }
        ),
        (
            "a cancellation from another thread", "another thread cancelled",
            {
                let isWaiting = Shared(false)
                let sleeping = Task {
                    isWaiting.withLock { $0 = true }
                    try? await Simulation.clock.sleep(for: .seconds(1))
                }
                await until(isWaiting)
                onAnotherThread { sleeping.cancel() }
                await sleeping.value
            }
        ),
        (
            "the virtual clock on another thread", "asked the virtual clock",
            {
                let clock = Simulation.clock
                onAnotherThread { _ = clock.now }
            }
        ),
    ]

    @Test("An escape ends the run and is named", arguments: cases.indices, [Strategy.random, .firstCome])
    func escapes(_ index: Int, _ strategy: Strategy) throws {
        let limits = SimulationLimits(escapeGrace: .seconds(5))
        let run = try Simulation.run(strategy: strategy, limits: limits, Self.cases[index].body)
        guard case .escaped(let what) = run.outcome else {
            Issue.record("\(Self.cases[index].name): \(run.outcome)")
            return
        }
        #expect(what.joined().contains(Self.cases[index].report), "\(what)")
    }

    @Test("Each kind of work that begins inside a simulation runs there")
    func selfTest() throws {
        try Simulation.prepare()
        #expect(SelfTest.strays == [])
        #expect(SelfTest.kinds.count >= 9)
    }

    @Test("A kind of work that runs elsewhere is named")
    func strays() throws {
        try Simulation.prepare()
        let elsewhere: SelfTest.Kind = (
            "on a queue", { await Task(executorPreference: QueueExecutor.shared) { Simulation.isActive }.value }
        )
        let outside: SelfTest.Kind = ("after a queue", { false })
        let strays = SelfTest.strays(among: [SelfTest.kinds[0], elsewhere, outside])
        try #require(strays.count == 2)
        // The outcome of its run may follow the name.
        #expect(strays[0].hasPrefix(elsewhere.name) && strays[1] == outside.name)
    }

    @Test("Outside a simulation tasks, actors, sleeps and the main actor run as before")
    func outside() async throws {
        _ = try Simulation.run {}
        #expect(!Simulation.isActive)
        let isInside = await Task.detached { Simulation.isActive }.value
        #expect(!isInside)
        try await Task.sleep(for: .nanoseconds(1))
        await MainActor.run { MainActor.assertIsolated() }
        await Simulation.point("does nothing")
        let value = await Simulation.named("nobody") { 5 }
        #expect(value == 5)
        Simulation.note("nothing", 1)
    }

    @Test("A simulation inside a simulation is refused")
    func nested() throws {
        let run = try Simulation.run { try Simulation.run {}.steps }
        let error = #expect(throws: SimulationError.self) { try run.get() }
        guard case .alreadySimulating = error else {
            Issue.record("another error: \(String(describing: error))")
            return
        }
    }

    /// Every case ensures that the task waits already when it is resumed. An earlier resume makes nothing runnable,
    /// and the engine would not see it.
    static func until(_ flag: Shared<Bool>) async {
        while !flag.withLock({ $0 }) { await Task.yield() }
    }

    /// Runs the work on another thread and returns when it has ended. `DispatchQueue.sync` would use this thread.
    static func onAnotherThread(_ work: @escaping @Sendable () -> Void) {
        let done = DispatchSemaphore(value: 0)
        DispatchQueue.global().async {
            work()
            done.signal()
        }
        block(until: done)
    }

    /// Blocks the thread. A task must not do this elsewhere.
    static func block(until semaphore: DispatchSemaphore) { semaphore.wait() }

    private final class QueueExecutor: TaskExecutor {
        static let shared = QueueExecutor()
        private let queue = DispatchQueue(label: "elsewhere")

        func enqueue(_ job: consuming ExecutorJob) {
            let job = UnownedJob(job)
            queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
        }
    }

    private final class QueueSerialExecutor: SerialExecutor {
        static let shared = QueueSerialExecutor()
        private let queue = DispatchQueue(label: "elsewhere")

        func enqueue(_ job: consuming ExecutorJob) {
            let job = UnownedJob(job)
            queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
        }
    }

    private actor Waiting {
        let isWaiting = Shared(false)
        let waiting = Shared<UnsafeContinuation<Void, Never>?>(nil)

        func wait() async {
            await withUnsafeContinuation { continuation in
                waiting.withLock { $0 = continuation }
                isWaiting.withLock { $0 = true }
            }
        }
    }

    private actor ActorElsewhere {
        nonisolated var unownedExecutor: UnownedSerialExecutor { QueueSerialExecutor.shared.asUnownedSerialExecutor() }
        func work() {}
    }
}
