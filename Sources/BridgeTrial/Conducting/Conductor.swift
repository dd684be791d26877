import EventBridge
import Foundation
import RedisClient
import ScenarioRunner

/// Leads the processes through a trial: ready, publish, wait until everything has come or is known to be missing,
/// report.
struct Conductor {
    /// How long processes may take to begin, to finish publishing after their last event, to receive what is under way,
    /// and to end. Reached only if something is broken; the result says what.
    private static let patience = 30.0

    private typealias InstanceProcess = LineProcess<InstanceOrder, InstanceMessage>
    /// What is heard of a process; nothing but that time has passed, of none.
    private typealias Heard = (number: Int, news: InstanceProcess.News?)

    private struct Seat {
        var process = InstanceProcess()
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
    }

    let plan: TrialPlan
    let server: RedisServer
    let onProgress: (@Sendable (TrialResult) -> Void)?
    /// How often reports were asked for.
    private var questions = 0
    private var ticks = 0
    private var seats: [Seat] = []
    private var notes: [String] = []

    init(plan: TrialPlan, server: RedisServer, onProgress: (@Sendable (TrialResult) -> Void)?) {
        self.plan = plan
        self.server = server
        self.onProgress = onProgress
    }

    mutating func conduct(
        program: String, arguments: [String], settings: @escaping @Sendable (Int) -> InstanceSettings
    ) async -> TrialResult {
        let (stream, sink) = AsyncStream.makeStream(of: Heard.self)
        seats = (0..<plan.instances).map { _ in Seat() }
        let processes = seats.map(\.process)
        return await withTaskGroup(of: Void.self) { group in
            for (number, process) in processes.enumerated() {
                group.addTask {
                    await process.run(program, arguments: arguments, settings: settings(number)) {
                        sink.yield((number, $0))
                    }
                }
            }
            group.addTask {
                while (try? await Task.sleep(for: .milliseconds(100))) != nil { sink.yield((-1, nil)) }
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
        let faults = Task { [plan, server] in await Faults(plan: plan, server: server).provoke(from: start) }
        defer { faults.cancel() }
        let isPublishing = (0..<plan.instances).map(plan.publishes)
        let hasPublished = await listen(
            &news, "finish publishing", limit: plan.seconds + Self.patience,
            until: { $0.published != nil }, of: { isPublishing[$0] })
        guard hasPublished else { return }
        if let failure = await faults.value { notes.append(failure) }
        let published = seats.enumerated().reduce(into: [Int: UInt64]()) { totals, seat in
            if !seat.element.isLost { totals[seat.offset] = seat.element.published }
        }
        order(.expect(published))
        // A mark may be lost as anything else, so they are repeated until everybody knows where the sources ended.
        _ = await listen(&news, "receive everything", until: { $0.isComplete }, meanwhile: .mark)
        let question = ask()
        _ = await listen(&news, "report", until: { $0.answered == question })
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
            guard !Task.isCancelled, let (number, event) = await news.next() else { return false }
            guard let event else {
                guard ContinuousClock.now < deadline else {
                    let late = open(seats).map(String.init).joined(separator: ", ")
                    notes.append("instance \(late) did not \(what) within \(Int(limit)) s")
                    return false
                }
                if let repeated { order(repeated) }
                tick()
                continue
            }
            take(event, from: number)
        }
        return seats.contains { !$0.isLost }
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
        while seats.contains(where: { $0.end == nil }), let (number, event) = await news.next() {
            if let event {
                take(event, from: number)
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
                    isComplete: seat.isComplete, failure: seat.failure ?? seat.end)
            }, notes: notes)
    }
}
