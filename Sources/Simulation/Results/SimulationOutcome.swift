/// How a run ended.
public enum SimulationOutcome: Sendable {
    /// The body returned.
    case finished
    /// The body or a check threw this error.
    case failed(any Error)
    /// No task can run or sleeps, and these tasks wait, perhaps for one another.
    case deadlock([TaskReport])
    /// No task can run or sleeps, and this task waits for a resume that no other task can give.
    case lostContinuation(TaskReport)
    /// The run exceeded its limit of steps, and may be endless. `running` has the tasks that ran in the last 1,000
    /// steps.
    case stepBudgetSpent(steps: Int, running: [TaskReport])
    /// Work left the simulation, or came in from outside. From then on the seed no longer decided the run.
    case escaped([String])
    /// An exhaustive exploration ended the run early because it could only repeat others.
    case abandoned

    /// Whether the outcome is a failure: every outcome except `finished` and `abandoned`.
    public var isFailure: Bool {
        switch self {
        case .finished, .abandoned: false
        default: true
        }
    }

    /// Whether shrinking takes the other outcome for the same failure.
    func isSameFailure(as other: SimulationOutcome) -> Bool {
        switch (self, other) {
        case (.failed(let mine), .failed(let its)): type(of: mine) == type(of: its)
        case (.deadlock, .deadlock), (.lostContinuation, .lostContinuation), (.stepBudgetSpent, .stepBudgetSpent),
            (.escaped, .escaped):
            true
        default: false
        }
    }

    /// Whether tasks may remain suspended, so that the engine cannot be used again.
    var leavesTasks: Bool {
        switch self {
        case .finished, .failed, .abandoned: false
        default: true
        }
    }
}

extension SimulationOutcome: CustomStringConvertible {
    /// The outcome, with its error or its tasks, in one line.
    public var description: String {
        switch self {
        case .finished: "finished"
        case .failed(let error): "failed: \(error)"
        case .deadlock(let tasks):
            "deadlock: no task can run, and these wait: " + tasks.map(\.description).joined(separator: "; ")
        case .lostContinuation(let task): "lost continuation: no task is left to resume \(task)"
        case .stepBudgetSpent(let steps, let tasks):
            "no end after \(steps) steps; still running: " + tasks.map(\.description).joined(separator: "; ")
        case .escaped(let what): "work escaped the simulation: " + what.joined(separator: "; ")
        case .abandoned: "abandoned"
        }
    }
}

/// A task in a report.
public struct TaskReport: Sendable, Hashable, CustomStringConvertible {
    /// The name of the task, or "task" and its number.
    public let name: String
    /// The last point that the task passed or at which it stopped. Nil if it reached none.
    public let lastPoint: String?

    /// The name and the last point, for a sentence.
    public var description: String {
        lastPoint.map { "\"\(name)\", last at \"\($0)\"" } ?? "\"\(name)\", before its first point"
    }
}
