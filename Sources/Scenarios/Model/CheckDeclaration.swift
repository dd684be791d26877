/// A question that the history of a run must answer.
public enum CheckDeclaration: Sendable, Hashable {
    /// Does every key behave as one register, at whichever instance it is read?
    case linearizable
    /// Does no read that starts after a finished invalidation return what was invalidated?
    case freshAfterInvalidation
    /// Does each worker see its own writes, and never go back in time?
    case sessions
    /// How old are the values that are served? With a bound, an older one is a violation; without, it is only measured.
    case staleness(atMost: Duration?)
    /// Does every layer of every instance agree with the origin whenever a phase inspects? Absent is agreement.
    case convergence
    /// Is nothing served past its deadline by more than the tolerance, which the time scale does not stretch?
    case expiry(tolerance: Duration)
    /// Does an invalidated tag take its whole group along, and nothing else?
    case tags
    /// Is at most one load of a key from the origin in flight?
    case loads

    /// The word for it in a file.
    public var word: String {
        switch self {
        case .linearizable: "linearizable"
        case .freshAfterInvalidation: "fresh-after-invalidation"
        case .sessions: "sessions"
        case .staleness: "staleness"
        case .convergence: "convergence"
        case .expiry: "expiry"
        case .tags: "tags"
        case .loads: "loads"
        }
    }

    /// The words of all checks.
    public static let words = [
        "linearizable", "fresh-after-invalidation", "sessions", "staleness", "convergence", "expiry", "tags", "loads",
    ]
}
