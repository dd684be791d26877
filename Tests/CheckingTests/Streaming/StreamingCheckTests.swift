import Checking
import History
import Testing

@Suite("What a stream must be like, and what is said if it is not")
struct StreamingCheckTests {
    static let checks: [any StreamingCheck] = {
        let names = OperationNames(keys: ["x"])
        return [
            StreamingLinearizableByVersions(names: names), StreamingFreshAfterInvalidation(names: names),
            StreamingBoundedStaleness(names: names, limit: 1), StreamingSessions(names: names),
            StreamingLoads(names: names),
        ]
    }()

    /// A history that breaks a rule of each check, so that the verdict would be `violation`.
    static let violation: [Operation] = {
        var operations = [
            Operation(
                id: 1, kind: .write, worker: 1, key: 0, version: 2, scope: .cluster, start: 10, end: 11),
            Operation(id: 2, kind: .read, worker: 1, key: 0, version: 1, start: 20, end: 21),
        ]
        operations += (3...4).map { Operation(id: $0, kind: .load, key: 0, start: 30, end: 40) }
        return operations
    }()

    @Test(
        "An operation that cannot be next is an error, and the verdict is unknown whatever was found before",
        arguments: checks,
        [
            (
                Operation(id: 9, kind: .read, key: 0, start: 29, end: 50),
                "operation 9, which starts at 29 ns, came after operation 4, which starts at 30 ns; "
                    + "expected operations in order of their starts, and of their ids where those are equal"
            ),
            (
                Operation(id: 2, kind: .read, key: 0, start: 30, end: 50),
                "operation 2, which starts at 30 ns, came after operation 4, which starts at 30 ns; "
                    + "expected operations in order of their starts, and of their ids where those are equal"
            ),
            (
                Operation(id: 9, kind: .read, key: 0, start: 50, end: 49),
                "operation 9 ends at 49 ns, before it starts at 50 ns; expected an end that is no earlier"
            ),
            (
                Operation(id: 9, kind: .read, key: 1, start: 50, end: 51),
                "operation 9 has key 1, but 1 key(s) have names; expected a number below 1"
            ),
            (
                Operation(id: 9, kind: .read, key: 0, tagSet: 1, start: 50, end: 51),
                "operation 9 has tag set 1, but there are 1; expected a number from 0, below 1"
            ),
        ])
    func errors(check: any StreamingCheck, wrong: (operation: Operation, text: String)) throws {
        var complete = check
        try complete.observe(contentsOf: Self.violation)
        #expect(complete.finish().verdict == .violation)

        var check = check
        try check.observe(contentsOf: Self.violation)
        let error = try #require(throws: StreamError.self) { try check.observe(wrong.operation) }
        #expect("\(error)" == wrong.text)
        // Going on does not make it good.
        let good = Operation(id: 99, kind: .read, worker: 1, key: 0, version: 2, start: 99, end: 99)
        #expect(throws: error) { try check.observe(good) }
        let report = check.finish()
        #expect(report.verdict == .unknown)
        #expect(report.violationCount == 0)
        #expect(report.reason == "the stream is not a history, and was not judged: \(wrong.text)")
    }

    @Test("Without operations it cannot tell", arguments: checks)
    func empty(check: any StreamingCheck) {
        var check = check
        let report = check.finish()
        #expect(report.verdict == .unknown)
        #expect(report.reason?.isEmpty == false)
    }

    @Test("Names may be appended while the history goes on")
    func growingNames() throws {
        var check = StreamingLinearizableByVersions(names: OperationNames(keys: ["x"]))
        try check.observe(Operation(id: 1, kind: .write, key: 0, version: 1, start: 0, end: 1))
        check.names.keys.append("y")
        try check.observe(Operation(id: 2, kind: .write, key: 1, version: 2, start: 2, end: 3))
        try check.observe(Operation(id: 3, kind: .read, key: 1, version: 1, start: 5, end: 6))
        let violation = try #require(check.finish().violations.first)
        #expect(violation.operations.map(\.id) == [2, 3])
        #expect(violation.explanation.contains("wrote \"y\""))
    }

    @Test("The violations of a key that turns out to have no versions are withdrawn, those of others stay")
    func withdrawn() throws {
        var check = StreamingLinearizableByVersions(names: OperationNames(keys: ["x", "y"]), maximumViolations: 1)
        for key in Int32(0)...1 {
            let time = Int64(key) * 100
            let id = Int64(key) * 10
            try check.observe(Operation(id: id + 1, kind: .write, key: key, version: 2, start: time, end: time + 1))
            try check.observe(Operation(id: id + 2, kind: .read, key: key, version: 1, start: time + 5, end: time + 6))
        }
        try check.observe(Operation(id: 30, kind: .write, key: 0, value: 7, start: 300, end: 301))
        let report = check.finish()
        #expect(report.violationCount == 1)
        #expect(report.violations.map { $0.operations.map(\.id) } == [[11, 12]])
        #expect(report.reason == "1 key has writes without versions, and was not judged")
    }

    @Test("A read may come before its write as long as they overlap, and is told apart from one that does not")
    func readBeforeWrite() {
        expectPass(
            Streamed(check: StreamingLinearizableByVersions.init),
            in: diagram(
                """
                B2 read x 1    [----]
                A1 write x 1       [--]
                """))
        expect(
            Streamed(check: StreamingLinearizableByVersions.init), finds: [[1]],
            in: diagram(
                """
                B2 read x 1    [--]
                A1 write x 1       [--]
                """))
        // Of two such reads, the one that ended first proves it.
        expect(
            Streamed(check: StreamingLinearizableByVersions.init), finds: [[2]],
            in: diagram(
                """
                B2 read x 1    [---------]
                B3 read x 1      [--]
                A1 write x 1          [--]
                """))
    }

    /// A streaming check as a check of recorded histories.
    struct Streamed<Streaming: StreamingCheck>: Check {
        let check: @Sendable (OperationNames, Int) -> Streaming
        var name: String { check(OperationNames(keys: []), 1).name }
        func examine(_ history: History) -> CheckReport { streamed(check(OperationNames(history), 10), history) }
    }
}
