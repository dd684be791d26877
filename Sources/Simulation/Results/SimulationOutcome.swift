/// How a run ended.
public enum SimulationOutcome: Sendable {
    /// The body returned.
    case finished
    /// The body threw, or a check on the run did.
    case failed(any Error)
    /// Nothing can run, nobody sleeps, and several tasks wait. Perhaps for one another.
    case deadlock([TaskReport])
    /// Nothing can run, nobody sleeps, and one task waits for a resume that no other task is left to give.
    case lostContinuation(TaskReport)
    /// The run was longer than its limit, perhaps endless. Who ran in the last thousand steps.
    case stepBudgetSpent(steps: Int, running: [TaskReport])
    /// Work left the simulation, or came in from outside. From there on the run was no longer decided by its seed.
    case escaped([String])
    /// An exhaustive exploration broke off a run that could only repeat others.
    case abandoned

    public var isFailure: Bool {
        switch self {
        case .finished, .abandoned: false
        default: true
        }
    }

    /// Whether to take the other for the same failure when shrinking.
    func isSameFailure(as other: SimulationOutcome) -> Bool {
        switch (self, other) {
        case (.failed(let mine), .failed(let its)): type(of: mine) == type(of: its)
        case (.deadlock, .deadlock), (.lostContinuation, .lostContinuation), (.stepBudgetSpent, .stepBudgetSpent),
            (.escaped, .escaped):
            true
        default: false
        }
    }

    /// Whether tasks may have been left where they were, so that the engine is not used again.
    var leavesTasks: Bool {
        switch self {
        case .finished, .failed, .abandoned: false
        default: true
        }
    }
}

extension SimulationOutcome: CustomStringConvertible {
    public var description: String {
        switch self {
        case .finished: "finished"
        case .failed(let error): "failed: \(error)"
        case .deadlock(let tasks):
            "deadlock: nothing can run, and these wait: " + tasks.map(\.description).joined(separator: "; ")
        case .lostContinuation(let task): "lost continuation: nobody is left to resume \(task)"
        case .stepBudgetSpent(let steps, let tasks):
            "no end after \(steps) steps; still running: " + tasks.map(\.description).joined(separator: "; ")
        case .escaped(let what): "work escaped the simulation: " + what.joined(separator: "; ")
        case .abandoned: "abandoned"
        }
    }
}

/// A task, for people.
public struct TaskReport: Sendable, Hashable, CustomStringConvertible {
    /// The name it was given, or "task" and its number.
    public let name: String
    /// The point that it passed or stopped at last.
    public let lastPoint: String?

    public var description: String {
        lastPoint.map { "\"\(name)\", last at \"\($0)\"" } ?? "\"\(name)\", at no point yet"
    }
}
