import Checking
import History
import Testing

@Suite("Serialisation")
struct SerialisationTests {
    private static func write(
        _ version: Int64, _ value: Int64, at time: Int64, _ outcome: Operation.Outcome = .ok, key: Int32 = 0
    ) -> Operation {
        Operation(kind: .write, key: key, version: version, value: value, outcome: outcome, start: time, end: time + 1)
    }

    private static func given(
        _ version: Int64, _ value: Int64, by kind: Operation.Kind = .read, at time: Int64 = 100,
        isTombstone: Bool = false, isAbsent: Bool = false
    ) -> Operation {
        Operation(
            kind: kind, key: 0, version: version, value: value, layer: .redis, start: time, end: time + 1,
            isTombstone: isTombstone, isAbsent: isAbsent)
    }

    private static func report(_ operations: [Operation]) -> CheckReport {
        Serialisation { written, found in "\(found) for \(written)" }
            .examine(History(operations: operations, keys: ["k", "other"]))
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let given: [Operation]
        let verdict: Verdict
        var examined = 1
    }

    static let cases: [Case] = [
        Case(testDescription: "the value of the version", given: [given(1, 17)], verdict: .pass),
        Case(testDescription: "that of another version", given: [given(1, 18)], verdict: .violation),
        Case(testDescription: "that of another key", given: [given(2, 99)], verdict: .violation),
        Case(testDescription: "a fill with another", given: [given(2, 5, by: .fill)], verdict: .violation),
        Case(testDescription: "a load with another", given: [given(2, 5, by: .load)], verdict: .violation),
        Case(testDescription: "a look at another", given: [given(2, 5, by: .inspect)], verdict: .violation),
        Case(testDescription: "nothing left of it", given: [given(1, 0, isTombstone: true)], verdict: .violation),
        Case(
            testDescription: "a look at nothing", given: [given(0, 0, by: .inspect, isAbsent: true)], verdict: .unknown,
            examined: 0),
        Case(testDescription: "no value recorded", given: [given(1, 0)], verdict: .unknown, examined: 0),
        Case(testDescription: "a write of unknown outcome explains it", given: [given(3, 30)], verdict: .pass),
        Case(testDescription: "no write explains it", given: [given(3, 31)], verdict: .violation),
        Case(
            testDescription: "a version that nobody can have written", given: [given(1, 17), given(4, 30)],
            verdict: .pass, examined: 2),
    ]

    @Test("What is served is what was written as that version", arguments: cases)
    func judged(_ value: Case) {
        let report = Self.report(
            [
                Self.write(1, 17, at: 1), Self.write(2, 18, at: 3), Self.write(0, 30, at: 5, .unknown),
                Self.write(1, 99, at: 1, key: 1),
            ] + value.given)
        #expect(report.verdict == value.verdict)
        #expect(report.examined == value.examined)
    }

    @Test("The explanation says how the values differ, and where from")
    func explained() throws {
        let report = Self.report([Self.write(1, 17, at: 1), Self.given(1, 18)])
        let violation = try #require(report.violations.first)
        #expect(
            violation.explanation.hasSuffix(": 18 for 17 (value 17 was written, and value 18 found)."))
        #expect(violation.operations.map(\.kind) == [.write, .read])
    }

    @Test("A failed write explains nothing")
    func failed() {
        let report = Self.report([Self.write(1, 17, at: 1), Self.write(0, 30, at: 2, .failed), Self.given(2, 30)])
        #expect(report.verdict == .unknown)
    }
}
