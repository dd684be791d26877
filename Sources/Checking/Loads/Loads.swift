import History

/// No stampede: the origin is not asked for one key more often at a time than allowed.
///
/// **Rule.** At any time at most `limit` loads of a key are in flight, in each instance or in the whole cluster. Loads
/// that touch in one point are not at one time. Loads that failed were in flight too; those that never returned are
/// left out, because their length is unknown.
///
/// A load that begins after the key was invalidated does not count against one that began before: what that will return
/// must not be given to who asks now. Writes, deletes and invalidations of the key, and those of a tag that its loads
/// have carried, set loads apart if they may have taken effect after the one began and before the other did; so do
/// their applications in the instance, and an eviction of everything.
///
/// The interval of a load must lie inside of what the cache serialises: a load whose end is recorded after the next one
/// was let in looks like a second one.
///
/// **A pass proves** that the recorded loads kept to the limit. It does not prove that the lock outlives a load slower
/// than any in the history.
///
/// **Complexity.** O(n · (limit + tags of a key)).
public struct Loads: Check {
    /// The name in scenario files and reports: `loads`.
    public let name = "loads"

    /// Whose loads are counted together.
    public enum Scope: String, Sendable, Codable, CaseIterable {
        /// Each instance may have its own load in flight.
        case instance
        /// All instances share one.
        case cluster
    }

    /// Whose loads are counted together.
    public var scope: Scope
    /// How many loads of a key may be in flight at a time.
    public var limit: Int
    /// How many violations are reported; all are counted. With 0 they are counted only.
    public var maximumViolations: Int

    /// Makes the check; each argument is the property of the same name.
    public init(scope: Scope = .instance, limit: Int = 1, maximumViolations: Int = 10) {
        self.scope = scope
        self.limit = max(1, limit)
        self.maximumViolations = maximumViolations
    }

    /// Judges a history. O(n · (limit + tags of a key)).
    /// - Returns: a violation with its proof, a pass if every operation that the rule concerns was judged, or unknown
    ///   with the reason.
    public func examine(_ history: History) -> CheckReport {
        var stream = StreamingLoads(
            names: OperationNames(history), scope: scope, limit: limit, maximumViolations: maximumViolations)
        history.forEachInstant { stream.judge($0) }
        return stream.report(in: history)
    }
}
