/// Collects the mistakes of a file while it is read: the first of them, and the number of all.
public struct HistoryErrorCollector: Sendable {
    /// All so far; `nil` if there are none.
    public private(set) var errors: HistoryFileErrors?

    public init() {}

    public mutating func add(_ error: HistoryFileError) {
        guard var known = errors else {
            errors = HistoryFileErrors([error])
            return
        }
        if known.errors.count < HistoryFileErrors.maximum { known.errors.append(error) } else { known.further += 1 }
        errors = known
    }
}
