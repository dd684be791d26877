/// What became of a manager's calls. Each counts once, when it has ended.
public struct CallCounts: Sendable, Hashable {
    /// The server answered, if only with an error.
    public var answered = 0
    /// The breaker was open: nothing was sent.
    public var refused = 0
    /// There was no answer, and the server has certainly carried out nothing; by the kind of failure.
    public var failed: [RedisError.Code: Int] = [:]
    /// There was no answer, and the server may have carried it out; by the kind of failure.
    public var unknown: [RedisError.Code: Int] = [:]

    public init() {}

    /// - Parameter error: what the call threw; `nil` for a reply. An error of the caller's own says that the server
    ///   answered him.
    mutating func count(_ error: (any Error)?) {
        guard let error = error as? RedisError, error.code != .serverError else {
            answered += 1
            return
        }
        if error.outcomeUnknown { unknown[error.code, default: 0] += 1 } else { failed[error.code, default: 0] += 1 }
    }
}
