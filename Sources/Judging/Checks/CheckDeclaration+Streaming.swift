import Checking
import Scenarios

extension CheckDeclaration {
    /// The check that answers the question while the history goes by; `nil` if it takes the whole history to answer it.
    func streamingCheck(names: OperationNames) -> (any StreamingCheck)? {
        switch self {
        case .linearizable(.automatic), .linearizable(.versions): StreamingLinearizableByVersions(names: names)
        case .freshAfterInvalidation(let grace):
            StreamingFreshAfterInvalidation(names: names, grace: grace?.nanoseconds)
        case .sessions: StreamingSessions(names: names)
        case .staleness(let limit?): StreamingBoundedStaleness(names: names, limit: limit.nanoseconds)
        case .loads(let limit, let scope): StreamingLoads(names: names, scope: scope.checked, limit: limit)
        default: nil
        }
    }

    /// The words of the checks that can be asked while a history goes by.
    static let streamedWords = [
        "linearizable (by versions)", "fresh-after-invalidation", "sessions", "staleness with a bound", "loads",
    ]
}
