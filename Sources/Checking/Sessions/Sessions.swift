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
/// the one before ended still follows it (in virtual time all do). Operations of a worker that overlap are not compared,
/// nor are two points at the same time. Operations of unknown outcome are not judged.
///
/// **A pass proves** that no client saw a key go back, as far as it was recorded. It says nothing about what different
/// workers saw, nor about the order of writes to different keys: versions are per key.
///
/// **Complexity.** O(n) for sessions that do one thing at a time.
///
/// **Source.** Terry et al., *Session Guarantees for Weakly Consistent Replicated Data* (1994).
public struct Sessions: Check {
    public let name = "sessions"

    /// How many violations are reported; all are counted. With 0 they are counted only.
    public var maximumViolations: Int

    public init(maximumViolations: Int = 10) { self.maximumViolations = maximumViolations }

    public func examine(_ history: History) -> CheckReport {
        let operations = history.operations
        let groups = OperationsByKey(operations, keys: history.keys.count) {
            $0.concernsRegister && $0.outcome == .ok && $0.worker >= 0
        }
        var findings = Findings(history, keeping: maximumViolations)
        var examined = 0
        var keysWithoutVersions = 0
        for key in 0..<groups.keyCount where !groups[key].isEmpty {
            guard Labelling(groups[key], of: operations) == .versions else {
                keysWithoutVersions += 1
                continue
            }
            var sessions: [Int32: SessionMarks] = [:]
            for position in groups[key] {
                let operation = operations[Int(position)]
                // What a session does first can break nothing, so it is not counted as judged.
                guard let (read, written) = sessions[operation.worker, default: SessionMarks()].meet(operation) else {
                    continue
                }
                examined += 1
                if let written { compare(operation, with: written, &findings) }
                if let read { compare(operation, with: read, &findings) }
            }
        }
        return findings.report(
            check: name, examined: examined,
            reason: Labelling.reason(keysWithoutVersions: keysWithoutVersions)
                ?? (examined == 0 ? "no worker did two things with one key, one after the other" : nil))
    }

    private func compare(_ later: Operation, with earlier: Operation, _ findings: inout Findings) {
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
        findings.add(rule: rule, [earlier, later]) { narrator in
            "Worker \(later.worker) had \(earlier.kind == .read ? "read" : "written") version \(earlier.version) of "
                + "\(narrator.key(later)) and then \(later.kind == .read ? "read" : "wrote") \(narrator.content(later))."
        }
    }
}
