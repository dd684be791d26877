import AdapterProtocol
import CacheHierarchy
import Foundation
import Scenarios
import Support

/// Calls one instance of a cache that is part of this process, and takes the times directly before and after each call.
///
/// Live a call that does not return is given up after a limit, as an answer that does not come; it may go on, and the
/// outcome is unknown. In a simulation nothing is given up: whoever waits for ever is a deadlock, which the simulation
/// tells; a call of an instance that was ended is lost when it returns. An instance that was ended reaches the origin
/// no more.
final class LocalDriver: SubjectDriver {
    private struct Question {
        let operation: AdapterOperation
        let deadline: Int64
        let limit: Duration
        let continuation: CheckedContinuation<AdapterProcess.Reply, any Error>
    }

    private struct State {
        var lastID = 0
        var questions: [Int: Question] = [:]
        /// Calls that may still be under way, given up or not.
        var calls: [Int: Task<Void, Never>] = [:]
        var watch: Task<Void, Never>?
        var use: AdapterProcess.Use
        var unanswered = 0
    }

    private let instance: Int
    private let cache: any LocalCache
    private let clock: any CacheClock
    private let isLive: Bool
    private let gate: LocalGate
    private let limit: Duration
    private let state: Lock<State>

    static let usualLimit: Duration = .seconds(10)

    /// - Parameters:
    ///   - gate: between the instance and the origin.
    ///   - limit: how long a call may take, live.
    init(
        _ cache: any LocalCache, instance: Int, clock: any CacheClock, isLive: Bool, gate: LocalGate,
        limit: Duration = usualLimit
    ) {
        self.cache = cache
        self.instance = instance
        self.clock = clock
        self.isLive = isLive
        self.gate = gate
        self.limit = limit
        state = Lock(State(use: AdapterProcess.Use(naming: cache.description.layers)))
    }

    /// What such a cache does wrong is told by the call in which it does.
    var error: AdapterError? { nil }
    var identifier: pid_t? { nil }
    var use: AdapterProcess.Use { state.withLock { $0.use } }
    var unanswered: Int { state.withLock { $0.unanswered } }

    func wrongAnswer(_ operation: AdapterOperation, _ what: String) -> AdapterError {
        fault(.wrongAnswer(operation, what))
    }

    private func fault(_ reason: AdapterError.Reason) -> AdapterError {
        AdapterError(ofCache: instance, reason)
    }

    // MARK: Calls

    nonisolated(nonsending) func ask(
        _ operation: AdapterOperation, worker: Int?, limit: Duration?, _ fill: (inout AdapterRequest) -> Void
    ) async throws -> AdapterProcess.Reply {
        var request = AdapterRequest(id: 0, operation, worker: worker)
        fill(&request)
        guard gate.isOpen || operation == .shutdown else { throw ended }
        guard isLive else {
            let reply = await call(request)
            // Whoever was ended meanwhile has not answered.
            guard gate.isOpen || operation == .shutdown else { throw ended }
            return reply
        }
        let complete = request
        let limit = limit ?? self.limit
        let deadline = clock.now() + limit.nanoseconds
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let question = Question(
                    operation: operation, deadline: deadline, limit: limit, continuation: continuation)
                begin(complete, question)
            }
        } onCancel: {
            end()
        }
    }

    private var ended: AdapterError { fault(.ended("was ended")) }

    nonisolated(nonsending) private func call(_ request: AdapterRequest) async -> AdapterProcess.Reply {
        let start = clock.now()
        let outcome = await LocalSurroundings.$worker.withValue(request.worker) { await cache.perform(request) }
        let end = clock.now()
        state.withLock { $0.use.count(outcome, to: request.operation) }
        return AdapterProcess.Reply(outcome, during: start...end)
    }

    private func begin(_ request: AdapterRequest, _ question: Question) {
        let id = state.withLock { state in
            state.lastID += 1
            state.questions[state.lastID] = question
            if state.watch == nil { state.watch = Task { [self] in await watch() } }
            return state.lastID
        }
        let task = Task { [self] in
            let reply = await call(request)
            let question = state.withLock { state in
                state.calls[id] = nil
                return state.questions.removeValue(forKey: id)
            }
            question?.continuation.resume(returning: reply)
        }
        // It may be over already.
        state.withLock { if $0.questions[id] != nil { $0.calls[id] = task } }
        if !gate.isOpen, request.operation != .shutdown { end() }
    }

    // MARK: Limits and ends

    /// Looks for calls that take too long, until the instance ends.
    private func watch() async {
        while (try? await Task.sleep(for: .milliseconds(50))) != nil { giveUp() }
    }

    private func giveUp() {
        let now = clock.now()
        let late = state.withLock { state in
            let late = state.questions.filter { $0.value.deadline <= now }
            for id in late.keys { state.questions[id] = nil }
            state.unanswered += late.count
            return late.values
        }
        for question in late {
            question.continuation.resume(throwing: fault(.noAnswer(question.operation, question.limit)))
        }
    }

    /// Lets nothing more through, and has the calls that are under way end as if they had been lost.
    private func end() {
        gate.close()
        let (questions, calls, watch) = state.withLock { state in
            defer {
                state.questions = [:]
                state.calls = [:]
                state.watch = nil
            }
            return (state.questions.values, state.calls.values, state.watch)
        }
        watch?.cancel()
        for call in calls { call.cancel() }
        for question in questions { question.continuation.resume(throwing: ended) }
    }

    /// A thread cannot be made to stand still: scenarios that want that are refused before they run.
    func pause() {}
    func resume() {}

    func kill() async { end() }

    func stop() async -> AdapterError? {
        guard gate.isOpen else { return nil }
        var trouble: AdapterError?
        do {
            let reply = try await ask(.shutdown, worker: nil, limit: nil) { _ in }
            if case .unknown(let why) = reply.outcome { trouble = wrongAnswer(.shutdown, why.printable) }
        } catch {
            trouble = error as? AdapterError
        }
        end()
        return trouble
    }
}

/// Between an instance and the origin: closed when the instance has been ended, whatever of it still runs.
final class LocalGate: Sendable {
    private let state = Lock(true)

    var isOpen: Bool { state.withLock { $0 } }
    func close() { state.withLock { $0 = false } }

    /// Asks the origin, and tells what it answered if the instance is still there to hear it.
    func pass(
        _ ask: AdapterAsk, to origin: SubjectOrigin, ofInstance number: Int
    ) async -> OriginAnswer.Outcome {
        guard isOpen else { return Self.refusal }
        let outcome = await origin.answer(ask, instance: number)
        return isOpen ? outcome : Self.refusal
    }

    private static let refusal = OriginAnswer.Outcome.failed("the instance was ended")
}
