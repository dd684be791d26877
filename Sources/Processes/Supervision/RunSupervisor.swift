import Support

/// Runs the work of one run, and ends it when it does not get on: when it has spent its budget, when the Redis that it
/// needs gives no answer, or when no worker finishes an operation any more.
///
/// It ends work by cancelling it. Work that goes on regardless is not waited for: the supervisor returns soon after.
/// Time in which the supervisor itself was not running (a suspended computer, a starved process) does not count.
package final class RunSupervisor: Sendable {
    /// How long is waited for what.
    package struct Limits: Sendable, Hashable {
        /// For an answer of Redis.
        package var silence = Duration.seconds(6)
        /// For the next operation of any worker.
        package var standstill = Duration.seconds(12)
        /// For work that was cancelled.
        package var grace = Duration.seconds(3)
        /// From one look to the next.
        package var interval = Duration.milliseconds(250)

        package init() {}
    }

    /// What the supervisor is told about the work.
    private struct State {
        var stage: String
        var stall: RunStall?
        /// The sum of the operations that the workers have finished; `nil` while nobody has operations to do.
        var progress: (@Sendable () -> Int)?
        /// Whether a fault that is declared keeps the server or the workers from getting on.
        var isDisturbed: @Sendable () -> Bool = { false }
        /// What is added to the standstill that is allowed.
        var pause = Duration.zero
        /// How long Redis has given no answer.
        var silence = Duration.zero
        /// Whether the work has ended: what is not answered from then on is no silence.
        var isOver = false
    }

    private let budget: Duration
    private let limits: Limits
    private let probe: (any ServerProbe)?
    private let state: Lock<State>

    /// - Parameters:
    ///   - probe: asks the Redis without which the work gets nowhere; `nil` if there is none.
    ///   - stage: what the work begins with, as ``enter(_:)``.
    package init(
        _ budget: RunBudget, limits: Limits = Limits(), probe: (any ServerProbe)?, stage: String = "the start"
    ) {
        self.budget = budget.limit
        self.limits = limits
        self.probe = probe
        state = Lock(State(stage: stage))
    }

    /// Why the work was ended early; `nil` if it was not.
    package var stall: RunStall? { state.withLock { $0.stall } }

    // MARK: From the work

    /// The work has come to another stage.
    /// - Parameters:
    ///   - stage: what is waited for, as "phase race".
    ///   - pause: how long workers may do nothing by declaration.
    ///   - progress: how many operations have been finished; `nil` if the stage has no operations.
    package func enter(_ stage: String, pause: Duration = .zero, progress: (@Sendable () -> Int)? = nil) {
        state.withLock { state in
            state.stage = stage
            state.pause = pause
            state.progress = progress
        }
    }

    /// - Parameter isDisturbed: whether something that was declared keeps Redis or workers from getting on.
    package func tolerate(while isDisturbed: @escaping @Sendable () -> Bool) {
        state.withLock { $0.isDisturbed = isDisturbed }
    }

    // MARK: The run

    /// Runs the work. A cancellation of the caller reaches the work, which then has the time of ``Limits/grace`` as well.
    /// - Throws: what the work throws; ``RunStall`` if the work did not end although it was cancelled;
    ///   `CancellationError` if that was the caller's wish.
    package func run<Result: Sendable>(
        _ work: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        state.withLock { $0.isOver = false }
        let task = Task { try await work() }
        let outcome = Outcome<Result>()
        let ending = Task { outcome.settle(await task.result) }
        let probing = probe.map { probe in Task { await self.ask(probe) } }
        let watching = Task {
            guard let stall = await self.watch() else { return }
            task.cancel()
            await self.giveGrace()
            outcome.settle(.failure(stall))
        }
        let abandoning = Lock<Task<Void, Never>?>(nil)
        defer {
            for helper in [probing, watching, ending, abandoning.withLock { $0 }] { helper?.cancel() }
        }
        let result = await withTaskCancellationHandler {
            await outcome.value
        } onCancel: {
            task.cancel()
            abandoning.withLock {
                $0 = Task {
                    await self.giveGrace()
                    outcome.settle(.failure(CancellationError()))
                }
            }
        }
        state.withLock { $0.isOver = true }
        await probe?.close()
        return try result.get()
    }

    /// Returns when the grace is over, or at once where it is cancelled. A starved process has longer: it is the work that
    /// needs the time.
    private func giveGrace() async {
        var given = Duration.zero
        var lap = Lap(most: limits.interval * 2)
        while given < limits.grace {
            guard (try? await Task.sleep(for: min(limits.interval, limits.grace))) != nil else { return }
            given += lap.next()
        }
    }

    /// Looks again and again whether the work gets on.
    /// - Returns: why not; `nil` if it was cancelled.
    private func watch() async -> RunStall? {
        var spent = Duration.zero
        var still = Duration.zero
        var last: Int?
        var lap = Lap(most: limits.interval * 2)
        while (try? await Task.sleep(for: limits.interval)) != nil {
            let time = lap.next()
            spent += time
            let (progress, pause, isDisturbed) = state.withLock { ($0.progress, $0.pause, $0.isDisturbed) }
            let finished = progress?()
            still = finished == nil || finished != last || isDisturbed() ? .zero : still + time
            last = finished
            if let stall = verdict(spent: spent, still: still, pause: pause) { return stall }
        }
        return nil
    }

    private func verdict(spent: Duration, still: Duration, pause: Duration) -> RunStall? {
        state.withLock { state in
            guard !state.isOver else { return nil }
            let cause: RunStall.Cause? =
                if state.silence >= limits.silence {
                    .silence(probe?.endpoint ?? "", limits.silence, lastError: probe?.lastError)
                } else if spent >= budget {
                    .budgetSpent(budget)
                } else if still >= limits.standstill + pause {
                    .standstill(limits.standstill + pause, finished: state.progress?() ?? 0)
                } else {
                    nil
                }
            state.stall = cause.map { RunStall(waitingFor: state.stage, cause: $0) }
            return state.stall
        }
    }

    /// Asks Redis again and again. Three questions without an answer at least make a silence.
    private func ask(_ probe: any ServerProbe) async {
        var lap = Lap(most: probe.timeLimit + limits.interval * 2)
        var silence = Duration.zero
        var failures = 0
        while !Task.isCancelled {
            let isAnswered = await probe.isAnswered()
            let isDisturbed = state.withLock { $0.isDisturbed }()
            let time = lap.next()
            (silence, failures) = isAnswered || isDisturbed ? (.zero, 0) : (silence + time, failures + 1)
            let counted = failures >= 3 ? silence : .zero
            state.withLock { $0.silence = counted }
            guard (try? await Task.sleep(for: limits.interval)) != nil else { return }
        }
    }
}

/// Measures the time between looks, of each no more than it should have been.
struct Lap {
    let most: Duration
    private var last: ContinuousClock.Instant

    init(most: Duration, since start: ContinuousClock.Instant = .now) {
        self.most = most
        last = start
    }

    mutating func next(at now: ContinuousClock.Instant = .now) -> Duration {
        defer { last = now }
        return min(now - last, most)
    }
}

/// The first result of several that may come.
private final class Outcome<Value: Sendable>: Sendable {
    private enum State {
        case awaited(CheckedContinuation<Result<Value, any Error>, Never>?)
        case settled(Result<Value, any Error>)
    }

    private let state = Lock(State.awaited(nil))

    func settle(_ result: Result<Value, any Error>) {
        let waiter: CheckedContinuation<Result<Value, any Error>, Never>? = state.withLock { state in
            guard case .awaited(let waiter) = state else { return nil }
            state = .settled(result)
            return waiter
        }
        waiter?.resume(returning: result)
    }

    var value: Result<Value, any Error> {
        get async {
            await withCheckedContinuation { waiter in
                let result: Result<Value, any Error>? = state.withLock { state in
                    if case .settled(let result) = state { return result }
                    state = .awaited(waiter)
                    return nil
                }
                if let result { waiter.resume(returning: result) }
            }
        }
    }
}

/// How long a run may take. Whatever is not over by then is ended, and the verdict is unknown.
///
/// It is a function of what is declared, so it is known before the run begins: five times what the phases should take, and
/// 30 seconds. What they should take is generous: the figures below are those of a debug build, and a release build needs
/// about a tenth.
public struct RunBudget: Sendable, Hashable {
    /// What the phases should take.
    public let expected: Duration
    /// When the run is ended.
    public let limit: Duration

    /// - Parameter limit: replaces the computed one.
    package init(expected seconds: Double, limit: Duration? = nil) {
        expected = .seconds(min(max(0, seconds), Self.longest))
        self.limit = limit ?? expected * 5 + .seconds(30)
    }

    /// In seconds. A scenario may declare waits of ten years, one after the other.
    private static let longest = 1e9
}
