import EventBridge
import Foundation
import Processes
import RedisClient
import Scenarios
import Support

/// Coordinates the processes of a trial: start, publish, wait until each event has arrived or is known to be missing,
/// report.
struct TrialCoordinator {
    /// The time limit in seconds for the start, for the publishing after the last event, for the last deliveries, and
    /// for the end. A trial reaches it only after a failure, and the result names the failure.
    private static let timeout = 30.0

    private typealias InstanceProcess = LineProcess<TrialOrder, TrialMessage>

    /// An input of the coordinator.
    private enum Input: Sendable {
        /// A message about the process in a slot. `generation` numbers the processes of a slot from 0.
        case process(number: Int, generation: Int, InstanceProcess.News)
        /// A tenth of a second has passed.
        case tick
        /// The victim must be killed now.
        case crash
    }

    /// Whether the victim has crashed. Shared with the tasks that start processes.
    private final class CrashFlag: Sendable {
        private let state = Lock(false)
        var value: Bool { state.withLock { $0 } }
        func set() { state.withLock { $0 = true } }
    }

    private struct Slot {
        /// The processes of the slot. A victim has a second one.
        let processes: [InstanceProcess]
        /// The index of the current process.
        var generation = 0
        var identifier: pid_t?
        var isReady = false
        var published: UInt64?
        var isComplete = false
        /// The last report.
        var report: InstanceReport?
        var answered = 0
        var failure: String?
        var end: String?

        var isLost: Bool { failure != nil || end != nil }
        var process: InstanceProcess { processes[generation] }
    }

    let plan: TrialPlan
    let server: RedisServer
    let onProgress: (@Sendable (TrialResult) -> Void)?
    /// The number of requested reports.
    private var questions = 0
    private var ticks = 0
    private var slots: [Slot] = []
    private var notes: [String] = []
    /// Requests the crash of the victim.
    private var crash: @Sendable () -> Void = {}
    /// The number of published events of each instance, once known.
    private var expected: [Int: UInt64]?
    /// Whether the victim has crashed, so that its replacement must start.
    private let hasCrashed = CrashFlag()

    init(plan: TrialPlan, server: RedisServer, onProgress: (@Sendable (TrialResult) -> Void)?) {
        self.plan = plan
        self.server = server
        self.onProgress = onProgress
    }

    mutating func coordinate(
        program: String, arguments: [String],
        settings: @escaping @Sendable (Int, _ isRestarted: Bool) -> TrialInstanceSettings
    ) async -> TrialResult {
        let (stream, sink) = AsyncStream.makeStream(of: Input.self)
        crash = { sink.yield(.crash) }
        slots = (0..<plan.bridge.instances).map { number in
            Slot(processes: (0..<(plan.isRestarted(number) ? 2 : 1)).map { _ in InstanceProcess() })
        }
        let processes = slots.map(\.processes)
        let hasCrashed = hasCrashed
        return await withTaskGroup(of: Void.self) { group in
            for (number, generations) in processes.enumerated() {
                group.addTask {
                    for (generation, process) in generations.enumerated() where generation == 0 || hasCrashed.value {
                        await process.run(program, arguments: arguments, settings: settings(number, generation > 0)) {
                            sink.yield(.process(number: number, generation: generation, $0))
                        }
                    }
                }
            }
            group.addTask {
                while (try? await Task.sleep(for: .milliseconds(100))) != nil { sink.yield(.tick) }
                sink.finish()
            }
            var news = stream.makeAsyncIterator()
            await lead(&news)
            let result = result()
            onProgress?(result)
            await endProcesses(&news)
            group.cancelAll()
            return result
        }
    }

    // MARK: The trial

    private mutating func lead(_ news: inout AsyncStream<Input>.Iterator) async {
        guard await listen(&news, "begin", until: { $0.isReady }) else { return }
        let start = BridgeClock.now() + 200_000_000
        order(.start(at: start))
        let faults = Task { [plan, server, crash] in
            await TrialFaultInjector(plan: plan, server: server, killVictim: crash).inject(from: start)
        }
        defer { faults.cancel() }
        let isPublishing = (0..<plan.bridge.instances).map(plan.publishes)
        let hasPublished = await listen(
            &news, "finish publishing", limit: plan.seconds + Self.timeout,
            until: { $0.published != nil }, of: { isPublishing[$0] })
        guard hasPublished else { return }
        if let failure = await faults.value { notes.append(failure) }
        let published = slots.enumerated().reduce(into: [Int: UInt64]()) { totals, slot in
            if !slot.element.isLost { totals[slot.offset] = slot.element.published }
        }
        expected = published
        order(.expect(published))
        // Marks can be lost too. They are repeated until all instances know the last number of each source.
        _ = await listen(&news, "receive everything", until: { $0.isComplete }, meanwhile: .mark)
        let question = ask()
        _ = await listen(&news, "report", until: { $0.answered == question })
        if let victim = plan.victim, plan.isRestarted(victim), slots[victim].generation == 0 {
            notes.append("instance \(victim + 1) was not killed before the end")
        }
    }

    private mutating func ask() -> Int {
        questions += 1
        order(.report(questions))
        return questions
    }

    /// Reports the progress every ten ticks.
    private mutating func tick() {
        guard let onProgress else { return }
        ticks += 1
        guard ticks % 10 == 0 else { return }
        onProgress(result())
        _ = ask()
    }

    private func order(_ order: TrialOrder) {
        for slot in slots where !slot.isLost { slot.process.orders.yield(order) }
    }

    /// Waits until a condition holds for all processes that are not lost.
    ///
    /// - Parameter repeated: an order to repeat ten times a second.
    /// - Returns: whether the condition holds in time, and for at least one process.
    private mutating func listen(
        _ news: inout AsyncStream<Input>.Iterator, _ what: String,
        limit: Double = timeout, until holds: (Slot) -> Bool, of isConcerned: (Int) -> Bool = { _ in true },
        meanwhile repeated: TrialOrder? = nil
    ) async -> Bool {
        let deadline = ContinuousClock.now + .seconds(limit)
        func open(_ slots: [Slot]) -> [Int] {
            slots.indices.filter { isConcerned($0) && !slots[$0].isLost && !holds(slots[$0]) }
        }
        while !open(slots).isEmpty {
            guard !Task.isCancelled, let input = await news.next() else { return false }
            guard case .tick = input else {
                take(input)
                continue
            }
            guard ContinuousClock.now < deadline else {
                let late = open(slots).map { "\($0 + 1)" }.joined(separator: ", ")
                notes.append("instance \(late) did not \(what) within \(Int(limit)) s")
                return false
            }
            if let repeated { order(repeated) }
            tick()
        }
        return slots.contains { !$0.isLost }
    }

    private mutating func take(_ input: Input) {
        switch input {
        case .tick: break
        case .crash: killVictim()
        case .process(let number, let generation, let news):
            // Messages of a replaced process are ignored.
            if generation == slots[number].generation { take(news, from: number) }
        }
    }

    /// Kills the victim and replaces its process. The new process may know nothing of the first one's orders.
    private mutating func killVictim() {
        guard let victim = plan.victim, slots[victim].generation == 0, !slots[victim].isLost,
            let identifier = slots[victim].identifier
        else { return }
        hasCrashed.set()
        kill(identifier, SIGKILL)
        slots[victim].generation = 1
        slots[victim].identifier = nil
        slots[victim].isReady = false
        slots[victim].report = nil
        if let expected { slots[victim].process.orders.yield(.expect(expected)) }
    }

    private mutating func take(_ news: InstanceProcess.News, from number: Int) {
        switch news {
        case .started(let identifier): slots[number].identifier = identifier
        case .ended(let how): slots[number].end = how
        case .said(let message):
            switch message {
            case .ready: slots[number].isReady = true
            case .published(let count): slots[number].published = count
            case .complete: slots[number].isComplete = true
            case .report(let report, let question):
                slots[number].report = report
                slots[number].answered = question
            case .failed(let why): slots[number].failure = why
            }
        }
    }

    /// Ends all processes: closes their input, and kills those that do not end in time.
    private mutating func endProcesses(_ news: inout AsyncStream<Input>.Iterator) async {
        for slot in slots { slot.process.orders.finish() }
        let deadline = ContinuousClock.now + .seconds(5)
        while slots.contains(where: { $0.end == nil }), let input = await news.next() {
            guard case .tick = input else {
                take(input)
                continue
            }
            guard ContinuousClock.now >= deadline else { continue }
            for slot in slots where slot.end == nil { _ = slot.identifier.map { kill($0, SIGKILL) } }
        }
    }

    private func result() -> TrialResult {
        TrialResult(
            plan: plan, isPrivateServer: server.isPrivate,
            instances: slots.enumerated().map { number, slot in
                InstanceResult(
                    number: number, identifier: slot.identifier, published: slot.published, report: slot.report,
                    isComplete: slot.isComplete, failure: slot.failure ?? slot.end, restarts: slot.generation)
            }, notes: notes)
    }
}
