import Checking
import History
import Testing

@Suite("Connections")
struct ConnectionsTests {
    private let check = Connections(limit: 2)

    /// A gauge a line, numbered from 1.
    private func history(_ gauges: [(Connections.Subject, Int64)], missed: Int = 0) -> History {
        let subjects = gauges.map(\.0) + Array(repeating: Connections.Subject.list, count: missed)
        let operations = subjects.indices.map { index in
            Operation(
                id: Int64(index + 1), kind: .gauge, key: Int32(index),
                value: index < gauges.count ? gauges[index].1 : 0,
                outcome: index < gauges.count ? .ok : .failed, start: Int64(10 * index), end: Int64(10 * index + 1))
        }
        return History(operations: operations, keys: subjects.map(\.key))
    }

    @Test("A manager at its limit, with a connection for each subscriber, passes; lists are what was examined")
    func passes() {
        let history = history(
            [
                (.list, 4), (.pool("a/manager:1"), 2), (.subscriber("a/manager:1/x"), 1), (.list, 5),
                (.subscriber("a/manager:1/y"), 1), (.pool("a/manager:2"), 2), (.managers(process: 1), 1),
            ], missed: 3)
        expectPass(check, in: history)
        #expect(check.examine(history).examined == 2)
    }

    static let violations: [(Connections.Subject, Int64, rule: String, says: String)] = [
        (.pool("a/manager:1"), 3, "A manager's pool keeps to its limit.", "At most 2 connections are allowed."),
        (.subscriber("a/manager:1/x"), 2, "A subscriber has one connection.", "used 2 of"),
        (.managers(process: 7), 2, "A process has one manager.", "were given 2"),
        (.managers(process: 7), 0, "A process has one manager.", "were given 0"),
        (
            .stranger("\"quick-fix\" (id 9)"), 1, "Nobody is connected past a manager.",
            "\"quick-fix\" (id 9) belongs to"
        ),
    ]

    @Test("One gauge out of bounds proves it", arguments: violations)
    func violation(subject: Connections.Subject, value: Int64, rule: String, says: String) throws {
        let report = check.examine(history([(.list, 1), (subject, value)]))
        #expect(report.verdict == .violation)
        let violation = try #require(report.violations.first)
        #expect(report.violationCount == 1 && violation.operations.map(\.id) == [2])
        #expect(violation.rule == rule)
        #expect(violation.explanation.contains(says), "\(violation.explanation)")
    }

    @Test("Without a list of the server's nothing can be said")
    func unknown() {
        let silent = history([(.managers(process: 1), 1)], missed: 4)
        expectUnknown(check, in: silent)
        #expect(check.examine(silent).reason == "the server gave no list of its connections, in 4 attempts")
    }

    @Test(
        "A subject is its key",
        arguments: [
            .list, .managers(process: 7), .pool("a/manager:1"), .subscriber("a/manager:1/x"), .stranger("x: y"),
        ] as [Connections.Subject])
    func keys(subject: Connections.Subject) {
        #expect(Connections.Subject(key: subject.key) == subject)
        #expect(Connections.Subject(key: "memory") == nil)
    }
}
