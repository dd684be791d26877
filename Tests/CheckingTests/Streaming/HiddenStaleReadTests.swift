import Checking
import History
import TestSupport
import Testing

@Suite("One stale read at the end of a million operations is found and explained", .computing)
struct HiddenStaleReadTests {
    static let names = OperationNames(keys: (0..<20).map { "key \($0)" }, tagSets: EndlessHistory.tagSets)
    static let rules = [
        "linearizable-by-versions":
            "A read returns no less than the newest version whose write had finished when it began.",
        "fresh-after-invalidation": "After an acknowledged write, a read returns no older version.",
    ]

    /// A correct history; the last but one operation is a write, and the last a read that returns what was before.
    static let operations: [Operation] = {
        var operations = Array(EndlessHistory(keys: 20).prefix(1_000_000))
        let last = operations.last!
        let version = operations.reduce(Int64(0)) { $1.key == 7 ? max($0, $1.version) : $0 }
        operations.append(
            Operation(
                id: last.id + 1, kind: .write, instance: 1, worker: 51, key: 7, version: version + 10, scope: .cluster,
                start: last.start + 1_000, end: last.start + 1_050))
        operations.append(
            Operation(
                id: last.id + 2, kind: .read, instance: 2, worker: 52, key: 7, version: version, layer: .l2,
                start: last.start + 1_080, end: last.start + 1_090))
        return operations
    }()

    @Test("In the recorded history", arguments: [LinearizableByVersions(), FreshAfterInvalidation()] as [any Check])
    func recorded(check: any Check) throws {
        let history = History(
            operations: Self.operations, keys: Self.names.keys, tagSets: Self.names.tagSets)
        let report = check.examine(history)
        try expectTheRead(report)
        // The write that the read returned is told beside the two operations that prove it.
        let returned = try #require(report.violations.first?.context.first)
        #expect(returned.kind == .write)
        #expect(returned.version == report.violations.first?.operations.last?.version)
    }

    @Test(
        "While the history goes by",
        arguments: [
            StreamingLinearizableByVersions(names: names), StreamingFreshAfterInvalidation(names: names),
        ] as [any StreamingCheck])
    func streamed(check: any StreamingCheck) throws {
        var check = check
        try check.observe(contentsOf: Self.operations)
        try expectTheRead(check.finish())
    }

    private func expectTheRead(_ report: CheckReport) throws {
        #expect(report.violationCount == 1)
        let violation = try #require(report.violations.first)
        #expect(violation.rule == Self.rules[report.check])
        #expect(violation.operations == Self.operations.suffix(2))
        #expect(violation.explanation.contains("\"key 7\""))
        #expect(violation.explanation.contains("30 ns later"))
    }
}
