import Foundation
import Processes
import Scenarios
import Support

/// A process that is an instance, as the runner sees it, from its start to its end.
final class InstanceProcess: Sendable {
    /// It has ended, or did what it was told in vain.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private typealias Line = LineProcess<InstanceOrder, InstanceAnswer>

    private struct Question {
        let continuation: CheckedContinuation<InstanceAnswer.What, any Error>
        let isWork: Bool
    }

    private struct State {
        var identifier: pid_t?
        var questions: [Int: Question] = [:]
        var count = 0
        var ending: String?
        /// Why it was killed, if it was; and whether that was as it should be.
        var reason: String?
        var isEndWanted = false
        /// What to do when it has killed itself, as it was told to.
        var death: (@Sendable () -> Void)?
        /// The last sign that it is alive and gets on.
        var lastSign = ContinuousClock.now
        var finished = 0
        /// Answers that it has given: where workers are told one operation after the other, each is one.
        var answered = 0
        var isStopped = false
        /// Whether it has ended because it could not write down what it did, which it may notice at its end.
        var hasLostRecord = false
    }

    let settings: InstanceSettings
    /// The way to the shared server; `nil` in a cluster that no fault is declared for.
    let route: (any InstanceRoute)?
    private let program: InstanceProgram
    private var patience: Duration { program.patience + settings.cluster.lease * 4 }
    private let registry: ProcessRegistry
    private let line = Line()
    private let state = Lock(State())
    private let running = Lock<Task<Void, Never>?>(nil)

    init(
        _ settings: InstanceSettings, program: InstanceProgram, route: (any InstanceRoute)?, registry: ProcessRegistry
    ) {
        self.settings = settings
        self.program = program
        self.route = route
        self.registry = registry
    }

    /// Starts it, and has it join the cluster.
    /// - Throws: ``Failure``, with nothing left of it.
    func start() async throws {
        running.withLock {
            $0 = Task { [self] in
                let watching = Task { await watch() }
                await line.run(program.path, arguments: program.arguments, settings: settings) { [self] in hear($0) }
                watching.cancel()
            }
        }
        do {
            _ = try await ask(.join)
        } catch {
            await end(isWanted: true)
            throw error
        }
    }

    var identifier: pid_t? { state.withLock { $0.identifier } }
    /// How many operations its workers have finished, as of its last sign of life or answer.
    var finished: Int { state.withLock { $0.finished + $0.answered } }

    /// How it ended; `nil` while it lives.
    var ending: String? { state.withLock { state in state.ending.map { state.reason ?? $0 } } }
    /// Whether it is gone although nobody wanted it to be.
    var hasDied: Bool { state.withLock { $0.ending != nil && (!$0.isEndWanted || $0.hasLostRecord) } }

    /// It is going to kill itself.
    /// - Parameter death: called once it has, before anybody who waits for its answer is told.
    func expectDeath(_ death: @escaping @Sendable () -> Void) { state.withLock { $0.death = death } }
    func expectNoDeath() { state.withLock { $0.death = nil } }
    var expectsDeath: Bool { state.withLock { $0.death != nil } }

    // MARK: Orders

    /// Tells it to do something, and waits for its answer. A task that is cancelled meanwhile kills the process: there
    /// is nothing that an interrupted run still wants of it.
    /// - Throws: ``Failure``.
    @discardableResult
    func ask(_ what: InstanceOrder.What) async throws -> InstanceAnswer.What {
        let answer = try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                var isWork = false
                if case .perform = what { isWork = true }
                let question = Question(continuation: continuation, isWork: isWork)
                let number: Int? = state.withLock { state in
                    guard state.ending == nil else { return nil }
                    // It had nothing to do before, so it is not late.
                    if state.questions.isEmpty { state.lastSign = .now }
                    state.count += 1
                    state.questions[state.count] = question
                    return state.count
                }
                guard let number else {
                    return continuation.resume(throwing: Failure(description: "it \(ending ?? "has ended")"))
                }
                line.orders.yield(InstanceOrder(number: number, what: what))
            }
        } onCancel: {
            kill(isWanted: true)
        }
        if case .failed(let why) = answer { throw Failure(description: why) }
        return answer
    }

    private func hear(_ news: Line.News) {
        switch news {
        case .started(let identifier):
            let isTooLate = state.withLock { state in
                state.identifier = identifier
                return state.isEndWanted
            }
            registry.started(identifier)
            if isTooLate { send(SIGKILL) }
        case .said(let answer): hear(answer)
        case .ended(let how):
            let (questions, identifier, death) = state.withLock { state in
                state.hasLostRecord = how == "exited with \(InstanceHost.recordLost)"
                state.ending =
                    state.hasLostRecord
                    ? "could not write down what it did (a full disk, or a limit of the sizes of files)" : how
                state.isEndWanted = state.isEndWanted || state.death != nil
                defer {
                    state.questions = [:]
                    state.death = nil
                }
                return (Array(state.questions.values), state.identifier, state.death)
            }
            if let identifier { registry.ended(identifier) }
            // Before anybody hears that it is gone, and asks for another.
            death?()
            for question in questions { question.continuation.resume(throwing: Failure(description: "it \(how)")) }
        }
    }

    private func hear(_ answer: InstanceAnswer) {
        let question = state.withLock { state in
            let question = state.questions.removeValue(forKey: answer.number)
            if case .alive(let finished) = answer.what {
                // Who is alive and finishes nothing of what its workers have to do hangs as well.
                if finished == state.finished, state.questions.values.contains(where: \.isWork) { return question }
                state.finished = finished
            } else {
                state.answered += 1
            }
            state.lastSign = .now
            return question
        }
        question?.continuation.resume(returning: answer.what)
    }

    /// Asks for signs of life, and kills a process that has given none for too long.
    private func watch() async {
        while (try? await Task.sleep(for: min(.seconds(1), patience / 4))) != nil {
            let isOverdue = state.withLock { state in
                state.ending == nil && !state.isStopped && .now - state.lastSign > patience
            }
            guard !isOverdue else {
                state.withLock { $0.reason = "did not get on for \(patience) and was killed" }
                return send(SIGKILL)
            }
            // Not waited for: that is what the next look is for.
            Task { try? await ask(.answer) }
        }
    }

    // MARK: Signals

    /// Sends a signal, if it lives.
    private func send(_ signal: Int32) {
        // While it has not been waited for, its number is nobody else's.
        state.withLock { state in
            if state.ending == nil, let identifier = state.identifier { _ = Foundation.kill(identifier, signal) }
        }
    }

    func pause() async {
        guard let identifier else { return }
        await registry.setStopped(true, identifier)
        state.withLock { $0.isStopped = true }
        send(SIGSTOP)
    }

    func resume() async {
        guard let identifier, state.withLock({ $0.isStopped }) else { return }
        send(SIGCONT)
        state.withLock { state in
            state.isStopped = false
            state.lastSign = .now
        }
        await registry.setStopped(false, identifier)
    }

    private func kill(isWanted: Bool) {
        state.withLock { $0.isEndWanted = $0.isEndWanted || isWanted }
        send(SIGKILL)
    }

    // MARK: The end

    /// Kills it where it stands; returns when it is gone.
    func end(isWanted: Bool) async {
        kill(isWanted: isWanted)
        line.orders.finish()
        await running.withLock { $0 }?.value
        await route?.sever()
    }

    /// Has it leave the cluster and end by itself; returns when it is gone.
    func stop() async {
        await resume()
        _ = try? await ask(.stop)
        state.withLock { $0.isEndWanted = $0.isEndWanted || $0.ending == nil }
        line.orders.finish()
        // The end of its input ends a process at once, whatever it is at: one that has not heard it will not.
        let killing = Task {
            try await Task.sleep(for: patience)
            send(SIGKILL)
        }
        await running.withLock { $0 }?.value
        killing.cancel()
        await route?.sever()
    }
}
