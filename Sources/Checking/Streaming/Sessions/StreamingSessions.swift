import History

/// The four guarantees of a session, judged while the history goes by.
///
/// The rules, and what a pass proves, are those of ``Sessions``, which judges a recorded history with this.
///
/// **Memory.** For each key and each worker that used it, the read and the write of the highest versions and, for a
/// worker that does one thing at a time, one more operation; a few hundred bytes. Operations of unknown outcome cost
/// nothing.
///
/// **Complexity.** O(1) an operation for workers that do one thing at a time.
public struct StreamingSessions: StreamingCheck {
    /// The name of the check of recorded histories that asks the same question: `sessions`.
    public let name = "sessions"

    private var tracker: StreamTracker
    private var sessions: [KeySessions] = []
    private var instant = Instant()
    /// What reads that found nothing mean, if the history was recorded.
    var emptyReads: SessionEmptyReads?
    /// Reads that found nothing, where it is not known what was deleted.
    private var undecided = 0

    /// - Parameter maximumViolations: how many violations are reported; all are counted. With 0 they are counted only.
    public init(names: OperationNames, maximumViolations: Int = 10) {
        tracker = StreamTracker(names, keeping: maximumViolations)
    }

    /// The names of keys and sets of tags. Append to them before an operation refers to a new one.
    public var names: OperationNames {
        get { tracker.names }
        set { tracker.names = newValue }
    }

    /// How many operations, versions and marks are held now. O(keys).
    public var retained: Int { sessions.reduce(instant.count) { $0 + $1.retained } }

    /// Takes the next operation, in order of starts. O(1) an operation for workers that do one thing at a time.
    /// - Throws: ``StreamError`` if the operation cannot be the next one. The check then judges nothing more.
    public mutating func observe(_ operation: Operation) throws(StreamError) {
        try tracker.admit(operation)
        if instant.isOver(at: operation) { judgeInstant() }
        guard operation.key >= 0, operation.outcome == .ok, operation.concernsRegister else { return }
        instant.add(operation)
    }

    private mutating func judgeInstant() {
        for operation in instant.release() { judge(operation) }
    }

    /// Judges the next operation of a history that is known to be one, points first of those that begin together.
    mutating func judge(_ operation: Operation) {
        guard operation.key >= 0, operation.outcome == .ok, operation.concernsRegister else { return }
        let key = Int(operation.key)
        while sessions.count <= key { sessions.append(KeySessions()) }
        guard tracker.hasVersions(operation) else {
            sessions[key] = KeySessions()
            return
        }
        guard operation.worker >= 0 else { return }
        if operation.isAbsentRead { return judgeAbsent(operation) }
        if let emptyReads, operation.findsNothing, emptyReads.isExcused(operation) { return }
        // What a session does first can break nothing, so it is not counted as judged.
        guard let (read, written) = sessions[key].meet(operation) else {
            return
        }
        tracker.countExamined(operation.key)
        if let written { compare(operation, with: written) }
        if let read { compare(operation, with: read) }
    }

    /// An absent read stands for the least version of a deletion that does not go back.
    private mutating func judgeAbsent(_ read: Operation) {
        if let emptyReads, emptyReads.isExcused(read) { return }
        let key = Int(read.key)
        let marks = sessions[key].marks(before: read)
        let known = [marks?.written, marks?.read].compactMap { $0 }.max { $0.version < $1.version }
        guard let known, known.version > 0 else { return }
        var standing = read
        if let emptyReads {
            guard let least = emptyReads.leastTombstone(from: known.version, before: read) else {
                tracker.countExamined(read.key)
                if let written = marks?.written { compare(read, with: written) }
                if let earlier = marks?.read { compare(read, with: earlier) }
                return
            }
            standing.version = least
        } else if known.isWriting, known.mayDelete {
            standing.version = known.version
        } else {
            // Somebody else may have deleted it.
            undecided += 1
            return
        }
        tracker.countExamined(read.key)
        _ = sessions[key].meet(standing)
    }

    /// Judges what is still in flight, and reports. Call it once, at the end of the stream.
    public mutating func finish() -> CheckReport { report(in: nil) }

    /// The report, with what happened around a violation if the history was recorded.
    mutating func report(in history: History?) -> CheckReport {
        judgeInstant()
        return tracker.report(
            check: name,
            doubt: undecided == 0
                ? nil
                : "\(undecided) read(s) found nothing, and what others deleted is not remembered",
            nothing: tracker.examined == 0 ? "no worker did two things with one key, one after the other" : nil,
            in: history)
    }

    private mutating func compare(_ later: Operation, with earlier: Operation) {
        let rule: String
        switch (earlier.kind == .read, later.kind == .read) {
        case (false, true):
            guard later.version < earlier.version else { return }
            rule = "Read your writes: a session reads no older version than it wrote before."
        case (true, true):
            guard later.version < earlier.version else { return }
            rule = "Monotonic reads: a session reads no older version than it read before."
        case (false, false):
            guard later.version <= earlier.version else { return }
            rule = "Monotonic writes: a session's writes of a key get rising versions."
        case (true, false):
            guard later.version <= earlier.version else { return }
            rule = "Writes follow reads: a session's write gets a higher version than it read before."
        }
        let add: @Sendable (inout Findings) -> Void = {
            $0.add(rule: rule, [earlier, later]) { formatter in
                "Worker \(later.worker) had \(earlier.kind == .read ? "read" : "written") version \(earlier.version) "
                    + "of \(formatter.key(later)) and then \(later.kind == .read ? "read" : "wrote") "
                    + "\(formatter.content(later))."
            }
        }
        if emptyReads == nil { tracker.find(later, add) } else { tracker.find(later.key, add) }
    }
}
