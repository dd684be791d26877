import Support

/// Lets the tasks of a live run pass their points in the order of a simulated one, one at a time.
///
/// A task that comes to a point is held there until all steps before it have been taken, and whoever took the last
/// one has come to rest: at its next point, at its end, or where it waits for another one or for work. A task that
/// the order does not name passes freely. One that comes to another point than the order says ends the driving, and
/// so does an order that goes nowhere for too long while somebody is held: then everybody passes freely, and
/// ``report()`` says what happened.
///
/// A run that was driven to the end took the named points in the order of the simulated one. It did not do so in
/// between: the code between two points runs on the system's threads, and beside what is not driven.
final class Director: Sendable {
    private struct State {
        /// The number of the step to be taken next.
        var next = 0
        /// By task, the numbers of the steps that it has not taken yet.
        var upcoming: [String: ArraySlice<Int>] = [:]
        var held: [String: CheckedContinuation<Void, Never>] = [:]
        /// Who took the last step and has not come to rest since.
        var running: String?
        var isOpen = false
        var passedFreely = 0
        var divergence: String?
        /// To be resumed once the lock is free.
        var released: [CheckedContinuation<Void, Never>] = []
    }

    private let order: DrivenOrder
    private let state: Lock<State>

    init(_ order: DrivenOrder) {
        self.order = order
        var state = State()
        for (number, step) in order.steps.enumerated() { state.upcoming[step.task, default: []].append(number) }
        self.state = Lock(state)
    }

    // MARK: What tasks say

    /// Returns when it is the task's turn to pass the point. O(1) for each step that is taken.
    nonisolated(nonsending) func pass(_ point: String, by task: String) async {
        await withCheckedContinuation { continuation in
            change { state in
                if state.running == task { state.running = nil }
                guard !state.isOpen, let number = state.upcoming[task]?.first else {
                    state.passedFreely += 1
                    state.released.append(continuation)
                    return
                }
                if order.steps[number].point == point {
                    state.held[task] = continuation
                } else {
                    diverge("came: \(task) at \(point)", expecting: number, &state)
                    state.released.append(continuation)
                }
            }
        }
    }

    /// The task has done what it was given.
    func rest(_ task: String) { change { if $0.running == task { $0.running = nil } } }

    // MARK: What the run says

    /// Ends the driving if the order goes nowhere while somebody is held, for the time of `patience` to twice that.
    /// Returns when it is cancelled or the driving has ended.
    func watch(patience: Duration) async {
        var seen = -1
        while !Task.isCancelled {
            let next = state.withLock { $0.isOpen ? nil : $0.next }
            guard let next else { return }
            if next == seen {
                change { state in
                    if state.next == seen, !state.held.isEmpty { giveUp(after: patience, &state) }
                }
            }
            seen = next
            do { try await Task.sleep(for: patience) } catch { return }
        }
    }

    /// Lets everybody pass from now on.
    func open() {
        change { state in
            if !state.isOpen,
                let number = state.upcoming.filter({ DrivenOrder.isWorker($0.key) }).compactMap(\.value.first).min()
            {
                diverge("the run ended", expecting: number, &state)
            }
            Self.open(&state)
        }
    }

    /// How far the order was followed.
    func report() -> DrivingReport {
        state.withLock { state in
            DrivingReport(
                steps: order.steps.count, stepsTaken: state.next, passedFreely: state.passedFreely,
                divergence: state.divergence)
        }
    }

    // MARK: Deciding

    private func change(_ body: (inout State) -> Void) {
        let released = state.withLock { state in
            body(&state)
            advance(&state)
            defer { state.released = [] }
            return state.released
        }
        for continuation in released { continuation.resume() }
    }

    private func advance(_ state: inout State) {
        while !state.isOpen, state.running == nil, state.next < order.steps.count {
            let step = order.steps[state.next]
            guard let continuation = state.held.removeValue(forKey: step.task) else { return }
            state.upcoming[step.task]?.removeFirst()
            state.next += 1
            state.released.append(continuation)
            state.running = step.task
        }
    }

    private func giveUp(after patience: Duration, _ state: inout State) {
        if let running = state.running {
            diverge("\(running) has not come to rest for \(patience)", expecting: state.next, &state)
        } else {
            diverge("it has not come for \(patience)", expecting: state.next, &state)
        }
    }

    private func diverge(_ what: String, expecting number: Int, _ state: inout State) {
        let held = state.held.keys.sorted().map { task in
            state.upcoming[task]?.first.map { order.steps[$0].description } ?? task
        }
        state.divergence =
            "diverged at step \(state.next + 1) of \(order.steps.count): waiting for \(order.steps[number]); \(what)"
            + (held.isEmpty ? "" : "; held: " + held.joined(separator: ", "))
        Self.open(&state)
    }

    private static func open(_ state: inout State) {
        state.isOpen = true
        state.released += state.held.values
        state.held = [:]
    }
}

/// How far a live run followed the order of a simulated one.
public struct DrivingReport: Sendable, Hashable {
    /// Of the order.
    public let steps: Int
    /// Those after them came, in the simulated run, when the phases were over.
    public let stepsTaken: Int
    /// Points that were passed in no particular order.
    public let passedFreely: Int
    /// At which step the run left the order, and why; `nil` if it did not.
    public let divergence: String?
}
