import EventBridge
import Foundation
import RedisClient
import ScenarioRunner
import Scenarios
import Support

/// Leads the processes through a trial: ready, publish, wait until everything has come or is known to be missing,
/// report.
struct Conductor {
    /// How long processes may take to begin, to finish publishing after their last event, to receive what is under way,
    /// and to end. Reached only if something is broken; the result says what.
    private static let patience = 30.0

    private typealias InstanceProcess = LineProcess<InstanceOrder, InstanceMessage>

    /// What the conductor hears.
    private enum Heard: Sendable {
        /// Of the process of an instance; `life` counts its processes from 0.
        case process(number: Int, life: Int, InstanceProcess.News)
        /// Some time has passed.
        case tick
        /// The victim is to be killed.
        case strike
    }

    /// Known to the conductor and to who starts processes.
    private final class Struck: Sendable {
        private let state = Lock(false)
        var value: Bool { state.withLock { $0 } }
        func set() { state.withLock { $0 = true } }
    }

    private struct Seat {
        /// One that is to be killed has a second one to take its place.
        let processes: [InstanceProcess]
        /// Which of them it is, from 0.
        var life = 0
        var identifier: pid_t?
        var isReady = false
        var published: UInt64?
        var isComplete = false
        /// The last one, and which question it answers.
        var report: InstanceReport?
        var answered = 0
        var failure: String?
        var end: String?

        var isLost: Bool { failure != nil || end != nil }
        var process: InstanceProcess { processes[life] }
    }

    let plan: TrialPlan
    let server: RedisServer
    let onProgress: (@Sendable (TrialResult) -> Void)?
    /// How often reports were asked for.
    private var questions = 0
    private var ticks = 0
    private var seats: [Seat] = []
    private var notes: [String] = []
    /// Kills the victim, when that is time.
    private var strike: @Sendable () -> Void = {}
    /// What everybody was told to expect, once that is known.
    private var expected: [Int: UInt64]?
    /// Whether the victim was killed, so that its place is to be taken.
    private let isStruck = Struck()

    init(plan: TrialPlan, server: RedisServer, onProgress: (@Sendable (TrialResult) -> Void)?) {
        self.plan = plan
        self.server = server
        self.onProgress = onProgress
    }

    mutating func conduct(
        program: String, arguments: [String],
        settings: @escaping @Sendable (Int, _ isRestarted: Bool) -> InstanceSettings
    ) async -> TrialResult {
        let (stream, sink) = AsyncStream.makeStream(of: Heard.self)
        strike = { sink.yield(.strike) }
        seats = (0..<plan.bridge.instances).map { number in
            Seat(processes: (0..<(plan.isRestarted(number) ? 2 : 1)).map { _ in InstanceProcess() })
        }
        let processes = seats.map(\.processes)
        let isStruck = isStruck
        return await withTaskGroup(of: Void.self) { group in
            for (number, lives) in processes.enumerated() {
                group.addTask {
                    for (life, process) in lives.enumerated() where life == 0 || isStruck.value {
                        await process.run(program, arguments: arguments, settings: settings(number, life > 0)) {
                            sink.yield(.process(number: number, life: life, $0))
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
            await dismiss(&news)
            group.cancelAll()
            return result
        }
    }

    // MARK: The trial

    private mutating func lead(_ news: inout AsyncStream<Heard>.Iterator) async {
        guard await listen(&news, "begin", until: { $0.isReady }) else { return }
        let start = BridgeClock.now() + 200_000_000
        order(.start(at: start))
        let faults = Task { [plan, server, strike] in
            await Faults(plan: plan, server: server, killVictim: strike).provoke(from: start)
        }
        defer { faults.cancel() }
        let isPublishing = (0..<plan.bridge.instances).map(plan.publishes)
        let hasPublished = await listen(
            &news, "finish publishing", limit: plan.seconds + Self.patience,
            until: { $0.published != nil }, of: { isPublishing[$0] })
        guard hasPublished else { return }
        if let failure = await faults.value { notes.append(failure) }
        let published = seats.enumerated().reduce(into: [Int: UInt64]()) { totals, seat in
            if !seat.element.isLost { totals[seat.offset] = seat.element.published }
        }
        expected = published
        order(.expect(published))
        // A mark may be lost as anything else, so they are repeated until everybody knows where the sources ended.
        _ = await listen(&news, "receive everything", until: { $0.isComplete }, meanwhile: .mark)
        let question = ask()
        _ = await listen(&news, "report", until: { $0.answered == question })
        if let victim = plan.victim, plan.isRestarted(victim), seats[victim].life == 0 {
            notes.append("instance \(victim) was not killed before the end")
        }
    }

    private mutating func ask() -> Int {
        questions += 1
        order(.report(questions))
        return questions
    }

    /// Tells how far it has come, ten ticks after the last time.
    private mutating func tick() {
        guard let onProgress else { return }
        ticks += 1
        guard ticks % 10 == 0 else { return }
        onProgress(result())
        _ = ask()
    }

    private func order(_ order: InstanceOrder) {
        for seat in seats where !seat.isLost { seat.process.orders.yield(order) }
    }

    /// Waits until something holds of all processes that are not lost.
    /// - Parameter meanwhile: an order to repeat ten times a second.
    /// - Returns: whether it came to hold in time, and of anybody.
    private mutating func listen(
        _ news: inout AsyncStream<Heard>.Iterator, _ what: String,
        limit: Double = patience, until holds: (Seat) -> Bool, of isConcerned: (Int) -> Bool = { _ in true },
        meanwhile repeated: InstanceOrder? = nil
    ) async -> Bool {
        let deadline = ContinuousClock.now + .seconds(limit)
        func open(_ seats: [Seat]) -> [Int] {
            seats.indices.filter { isConcerned($0) && !seats[$0].isLost && !holds(seats[$0]) }
        }
        while !open(seats).isEmpty {
            guard !Task.isCancelled, let heard = await news.next() else { return false }
            guard case .tick = heard else {
                take(heard)
                continue
            }
            guard ContinuousClock.now < deadline else {
                let late = open(seats).map(String.init).joined(separator: ", ")
                notes.append("instance \(late) did not \(what) within \(Int(limit)) s")
                return false
            }
            if let repeated { order(repeated) }
            tick()
        }
        return seats.contains { !$0.isLost }
    }

    private mutating func take(_ heard: Heard) {
        switch heard {
        case .tick: break
        case .strike: killVictim()
        case .process(let number, let life, let news):
            // Of one whose place is taken nothing matters any more.
            if life == seats[number].life { take(news, from: number) }
        }
    }

    /// Lets another process take the victim's place. It may know nothing of what the first one was told.
    private mutating func killVictim() {
        guard let victim = plan.victim, seats[victim].life == 0, !seats[victim].isLost,
            let identifier = seats[victim].identifier
        else { return }
        isStruck.set()
        kill(identifier, SIGKILL)
        seats[victim].life = 1
        seats[victim].identifier = nil
        seats[victim].isReady = false
        seats[victim].report = nil
        if let expected { seats[victim].process.orders.yield(.expect(expected)) }
    }

    private mutating func take(_ news: InstanceProcess.News, from number: Int) {
        switch news {
        case .started(let identifier): seats[number].identifier = identifier
        case .ended(let how): seats[number].end = how
        case .said(let message):
            switch message {
            case .ready: seats[number].isReady = true
            case .published(let count): seats[number].published = count
            case .complete: seats[number].isComplete = true
            case .report(let report, let question):
                seats[number].report = report
                seats[number].answered = question
            case .failed(let why): seats[number].failure = why
            }
        }
    }

    /// Ends all processes: by the end of their input, or after some patience by force.
    private mutating func dismiss(_ news: inout AsyncStream<Heard>.Iterator) async {
        for seat in seats { seat.process.orders.finish() }
        let deadline = ContinuousClock.now + .seconds(5)
        while seats.contains(where: { $0.end == nil }), let heard = await news.next() {
            guard case .tick = heard else {
                take(heard)
                continue
            }
            guard ContinuousClock.now >= deadline else { continue }
            for seat in seats where seat.end == nil { _ = seat.identifier.map { kill($0, SIGKILL) } }
        }
    }

    private func result() -> TrialResult {
        TrialResult(
            plan: plan, isPrivateServer: server.isPrivate,
            instances: seats.enumerated().map { number, seat in
                InstanceResult(
                    number: number, identifier: seat.identifier, published: seat.published, report: seat.report,
                    isComplete: seat.isComplete, failure: seat.failure ?? seat.end, restarts: seat.life)
            }, notes: notes)
    }
}
