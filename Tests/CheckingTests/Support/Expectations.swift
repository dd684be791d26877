import Checking
import History
import Testing

/// The check finds exactly these proofs, each a list of line numbers of the diagram, in order of time.
func expect(
    _ check: some Check, finds proofs: [[Int64]], in history: History, sourceLocation: SourceLocation = #_sourceLocation
) {
    let report = check.examine(history)
    let found = report.violations.map { $0.operations.map(\.id) }
    let text = report.violations.map { "\($0.rule)\n\($0.explanation)" }.joined(separator: "\n\n")
    #expect(Set(found) == Set(proofs), "\(text)", sourceLocation: sourceLocation)
    #expect(
        report.verdict == (proofs.isEmpty ? .pass : .violation), "\(report.reason ?? "")",
        sourceLocation: sourceLocation)
    #expect(report.examined > 0, sourceLocation: sourceLocation)
    #expect(
        report.violations.allSatisfy { !$0.rule.isEmpty && !$0.explanation.isEmpty }, sourceLocation: sourceLocation)
}

/// The check passes, having examined something.
func expectPass(_ check: some Check, in history: History, sourceLocation: SourceLocation = #_sourceLocation) {
    expect(check, finds: [], in: history, sourceLocation: sourceLocation)
}

/// The check cannot tell, and says why.
func expectUnknown(_ check: some Check, in history: History, sourceLocation: SourceLocation = #_sourceLocation) {
    let report = check.examine(history)
    #expect(report.verdict == .unknown, sourceLocation: sourceLocation)
    #expect(report.reason?.isEmpty == false, sourceLocation: sourceLocation)
}
