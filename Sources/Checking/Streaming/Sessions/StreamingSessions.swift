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
    public let name = "sessions"

    private var ledger: StreamLedger
    private var sessions: [KeySessions] = []

    /// - Parameter maximumViolations: how many violations are reported; all are counted. With 0 they are counted only.
    public init(names: OperationNames, maximumViolations: Int = 10) {
        ledger = StreamLedger(names, keeping: maximumViolations)
    }

    public var names: OperationNames {
        get { ledger.names }
        set { ledger.names = newValue }
    }

    public var retained: Int { sessions.reduce(0) { $0 + $1.retained } }

    public mutating func observe(_ operation: Operation) throws(StreamError) {
        try ledger.admit(operation)
        judge(operation)
    }

    /// Judges the next operation of a history that is known to be one.
    mutating func judge(_ operation: Operation) {
        guard operation.key >= 0, operation.worker >= 0, operation.outcome == .ok, operation.concernsRegister else {
            return
        }
        let key = Int(operation.key)
        while sessions.count <= key { sessions.append(KeySessions()) }
        guard ledger.hasVersions(operation) else {
            sessions[key] = KeySessions()
            return
        }
        // What a session does first can break nothing, so it is not counted as judged.
        guard let (read, written) = sessions[key].meet(operation) else {
            return
        }
        ledger.countExamined(operation.key)
        if let written { compare(operation, with: written) }
        if let read { compare(operation, with: read) }
    }

    public mutating func finish() -> CheckReport { report(in: nil) }

    /// The report, with what happened around a violation if the history was recorded.
    func report(in history: History?) -> CheckReport {
        ledger.report(
            check: name,
            nothing: ledger.examined == 0 ? "no worker did two things with one key, one after the other" : nil,
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
        ledger.find(later.key) {
            $0.add(rule: rule, [earlier, later]) { narrator in
                "Worker \(later.worker) had \(earlier.kind == .read ? "read" : "written") version \(earlier.version) "
                    + "of \(narrator.key(later)) and then \(later.kind == .read ? "read" : "wrote") "
                    + "\(narrator.content(later))."
            }
        }
    }
}
