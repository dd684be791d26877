import Checking
import History
import Testing

/// A streaming check, and whoever says what its verdict should be.
struct StreamedCase: Sendable, CustomTestStringConvertible {
    let name: String
    let streaming: @Sendable (History) -> CheckReport
    let expected: @Sendable (History) -> CheckReport
    /// All violations are counted in the same way, not only the verdict is the same.
    var countsAlike = true

    var testDescription: String { name }

    static let linearizable = StreamedCase(
        name: "linearizable-by-versions",
        streaming: { streamed(StreamingLinearizableByVersions(names: OperationNames($0)), $0) },
        expected: { LinearizableByVersions().examine($0) }, countsAlike: false)
    static let fresh = StreamedCase(
        name: "fresh-after-invalidation",
        streaming: {
            let instances = Set($0.operations.map(\.instance))
            return streamed(StreamingFreshAfterInvalidation(names: OperationNames($0), instances: instances), $0)
        },
        expected: { FreshAfterInvalidation().examine($0) })
    static let staleness = StreamedCase(
        name: "staleness",
        streaming: { streamed(StreamingBoundedStaleness(names: OperationNames($0), limit: 6), $0) },
        expected: { BoundedStaleness(limit: 6).examine($0) })
    // These two judge recorded histories too, so they are held against their definitions.
    static let sessions = StreamedCase(
        name: "sessions",
        streaming: { streamed(StreamingSessions(names: OperationNames($0)), $0) },
        expected: { Definitions.sessions($0) }, countsAlike: false)
    static let loads = StreamedCase(
        name: "loads",
        streaming: { streamed(StreamingLoads(names: OperationNames($0)), $0) },
        expected: { Definitions.loads($0, limit: 1) })

    static let all = [linearizable, fresh, staleness, sessions, loads]

    /// Whether the two reports contradict each other.
    func isDisputed(_ history: History) -> Bool { dispute(history) != nil }

    private func dispute(_ history: History) -> String? { dispute(streaming(history), expected(history)) }

    /// What two reports disagree on; `nil` if nothing.
    func dispute(_ found: CheckReport, _ expected: CheckReport) -> String? {
        guard found.verdict == expected.verdict else { return "\(found.verdict) instead of \(expected.verdict)" }
        if countsAlike, found.violationCount != expected.violationCount {
            return "\(found.violationCount) violations instead of \(expected.violationCount)"
        }
        if countsAlike || (name == "linearizable-by-versions" && found.verdict != .violation),
            found.examined != expected.examined
        {
            return "\(found.examined) examined instead of \(expected.examined)"
        }
        if let long = found.violations.first(where: { $0.operations.count > 4 || $0.operations.isEmpty }) {
            return "a proof of \(long.operations.count) operations"
        }
        return nil
    }

    /// The smallest part of a disputed history that is disputed, and what about.
    func shrunk(_ history: History) -> String {
        for index in history.operations.indices {
            var operations = history.operations
            operations.remove(at: index)
            let smaller = History(operations: operations, keys: history.keys, tagSets: history.tagSets)
            if isDisputed(smaller) { return shrunk(smaller) }
        }
        let lines = history.operations.map { operation in
            "\(operation.id): \(operation.kind) key \(operation.key) version \(operation.version) by instance "
                + "\(operation.instance) worker \(operation.worker), \(operation.outcome), scope \(operation.scope), "
                + "tags \(operation.tagSet), cause \(operation.cause), from \(operation.start) to \(operation.end)"
        }
        return "\(name): \(dispute(history) ?? "")\n" + lines.joined(separator: "\n")
    }
}

/// The report about a history that is handed over operation by operation.
func streamed(_ check: some StreamingCheck, _ history: History) -> CheckReport {
    var check = check
    do { try check.observe(contentsOf: history.operations) } catch { Issue.record(error) }
    return check.finish()
}
