import History

/// The four guarantees of a session, where a session is a worker.
///
/// **Rules**, for each key and for operations of one worker, one after the other:
/// - read your writes: a read returns no less than a version that the session wrote before;
/// - monotonic reads: a read returns no less than a version that the session read before;
/// - monotonic writes: a write gets a higher version than those the session wrote before;
/// - writes follow reads: a write gets a higher version than those the session read before.
///
/// A worker is one client and does one thing after another, so an operation that begins at the very nanosecond at which
/// the one before ended still follows it (in virtual time all do). Operations of a worker that overlap are not
/// compared, nor are two points at the same time. Operations of unknown outcome are not judged.
///
/// A read that found nothing, by a client that cannot know the version of a deletion, stands for the least version of a
/// deletion that may lie before it and that does not go back. If there is none, the session went back to nothing.
///
/// **A pass proves** that no client saw a key go back, as far as it was recorded. It says nothing about what different
/// workers saw, nor about the order of writes to different keys: versions are per key.
///
/// **Complexity.** O(n) for sessions that do one thing at a time; memory as ``StreamingSessions``, which does the work.
///
/// **Source.** Terry et al., *Session Guarantees for Weakly Consistent Replicated Data* (1994).
public struct Sessions: Check {
    /// The name in scenario files and reports: `sessions`.
    public let name = "sessions"

    /// How many violations are reported; all are counted. With 0 they are counted only.
    public var maximumViolations: Int

    /// Makes the check; each argument is the property of the same name.
    public init(maximumViolations: Int = 10) { self.maximumViolations = maximumViolations }

    /// Judges a history. O(n) for sessions that do one thing at a time.
    /// - Returns: a violation with its proof, a pass if every operation that the rule concerns was judged, or unknown
    ///   with the reason.
    public func examine(_ history: History) -> CheckReport {
        var stream = StreamingSessions(names: OperationNames(history), maximumViolations: maximumViolations)
        stream.emptyReads = SessionEmptyReads(history)
        history.forEachInstant { instant in
            for operation in instant { stream.judge(operation) }
        }
        return stream.report(in: history)
    }
}
