import Support

/// Why a run was ended before its end. What such a run leaves unjudged is unknown.
public struct RunStall: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kept the run from getting on.
    public enum Cause: Sendable, Hashable {
        /// The Redis at an endpoint gave no answer for that time.
        case silence(String, Duration, lastError: String?)
        /// No worker finished an operation for that time, after so many that were finished.
        case standstill(Duration, finished: Int)
        /// The run took longer than it should.
        case budgetSpent(Duration)
    }

    /// What the run was at.
    public let waitingFor: String
    public let cause: Cause

    package init(waitingFor: String, cause: Cause) {
        self.waitingFor = waitingFor
        self.cause = cause
    }

    public var description: String {
        switch cause {
        case .silence(let endpoint, let time, let lastError):
            "it was ended while it waited for \(waitingFor): the Redis at \(endpoint) has given no answer for "
                + Self.text(time) + (lastError.map { " (\($0))" } ?? "")
        case .standstill(let time, let finished):
            "it was ended while it waited for \(waitingFor): no worker has finished an operation for "
                + "\(Self.text(time)), after \(finished) that were finished"
        case .budgetSpent(let time):
            "it was ended while it waited for \(waitingFor): its budget of \(Self.text(time)) is spent. If it needs "
                + "longer, give it --timeout"
        }
    }

    private static func text(_ time: Duration) -> String {
        ShownFigure.duration(nanoseconds: time / .nanoseconds(1))
    }
}
