import Checking
import History
import Simulation
import TestSupport
import Testing

import struct History.Operation

@Suite("Compare-and-set")
struct CompareAndSetTests {
    private static let values: LinearizableBySearch = {
        var search = LinearizableBySearch()
        search.isZeroAValue = true
        return search
    }()

    private static func operation(
        _ kind: Operation.Kind, _ value: Int64 = 0, expected: Int64 = 0, _ times: ClosedRange<Int64>,
        outcome: Operation.Outcome = .ok, isAbsent: Bool = false, isRefused: Bool = false
    ) -> Operation {
        Operation(
            kind: kind, worker: 0, key: 0, value: value, outcome: outcome, start: times.lowerBound,
            end: outcome == .unknown ? Operation.never : times.upperBound, cause: expected, isAbsent: isAbsent,
            isRefused: isRefused)
    }

    private static let replaced = [
        operation(.write, 1, 0...1), operation(.compareAndSet, 2, expected: 1, 3...4), operation(.read, 2, 6...7),
    ]

    @Test(
        "It takes effect where it finds what it expected, and only there",
        arguments: [
            (replaced, Verdict.pass),
            ([replaced[0], operation(.compareAndSet, 2, expected: 5, 3...4), replaced[2]], .violation),
            // Refused, where it must have found what it expected.
            (
                [
                    replaced[0], operation(.compareAndSet, 2, expected: 1, 3...4, outcome: .failed, isRefused: true),
                    operation(.read, 1, 6...7),
                ], .violation
            ),
            (
                [
                    replaced[0], operation(.compareAndSet, 2, expected: 5, 3...4, outcome: .failed, isRefused: true),
                    operation(.read, 1, 6...7),
                ], .pass
            ),
            // Failed for a reason that nobody knows.
            (
                [
                    replaced[0], operation(.compareAndSet, 2, expected: 1, 3...4, outcome: .failed),
                    operation(.read, 1, 6...7),
                ], .pass
            ),
            // Nobody knows whether it happened.
            ([replaced[0], operation(.compareAndSet, 2, expected: 1, 3...4, outcome: .unknown), replaced[2]], .pass),
            (
                [
                    replaced[0], operation(.compareAndSet, 2, expected: 1, 3...4, outcome: .unknown),
                    operation(.read, 1, 6...7),
                ], .pass
            ),
            // It expected nothing.
            ([operation(.compareAndSet, 2, 3...4, isAbsent: true), replaced[2]], .pass),
            ([replaced[0], operation(.compareAndSet, 2, 3...4, isAbsent: true), replaced[2]], .violation),
            // Nothing and 0 are two things here.
            (
                [
                    operation(.write, 0, 0...1), operation(.compareAndSet, 2, 3...4, isAbsent: true),
                    operation(.read, 0, 9...9),
                ], .violation
            ),
        ])
    func effect(operations: [Operation], verdict: Verdict) {
        let history = History(operations: operations, keys: ["x"])
        #expect(LinearizableBySearch().examine(history).verdict == verdict)
        #expect(Linearizable().examine(history).verdict == verdict)
    }

    @Test("Only the search judges it: the others leave such a key out, and say so")
    func others() throws {
        let history = History(operations: Self.replaced, keys: ["x"])
        for check: any Check in [LinearizableByVersions(), LinearizableByZones()] {
            let report = check.examine(history)
            #expect(report.verdict == .unknown, "\(check.name)")
            #expect(report.reason?.contains("compare-and-sets, which only the search judges") == true, "\(check.name)")
        }
        let versions = Self.replaced.map { operation in
            var versioned = operation
            versioned.version = operation.value
            return versioned
        }
        for operations in [versions, [versions[0], versions[1]]] {
            let numbered = History(operations: operations, keys: ["x"])
            var stream = StreamingLinearizableByVersions(names: OperationNames(keys: ["x"]))
            for operation in numbered.operations { try stream.observe(operation) }
            let report = stream.finish()
            #expect(report.verdict == .unknown, "\(operations.count) operations")
            #expect(
                report.reason == "1 key has compare-and-sets, which only the search judges",
                "\(operations.count) operations")
        }
    }

    @Test("Without anybody who says that there was nothing, 0 means it, whoever wrote it")
    func zero() {
        let zero = [
            Self.operation(.read, 0, 0...1), Self.operation(.write, 0, 3...4),
            Self.operation(.compareAndSet, 5, expected: 0, 6...7),
        ]
        #expect(LinearizableBySearch().examine(History(operations: zero, keys: ["x"])).verdict == .pass)
        #expect(Self.values.examine(History(operations: zero, keys: ["x"])).verdict == .violation)
    }

    @Test("A referee that tries all orders agrees on random histories, and their proofs prove it", arguments: 0..<20)
    func referee(batch: Int) {
        var random = SeededRandom(seed: UInt64(batch))
        var verdicts: [Verdict: Int] = [:]
        for _ in 0..<300 {
            let operations = ComparingReferee.randomOperations(&random)
            let history = History(operations: operations, keys: ["x"])
            let report = Self.values.examine(history)
            guard ComparingReferee.hasOrder(operations) != (report.violationCount > 0) else {
                Issue.record("another verdict, \(report.verdict): \(operations)")
                return
            }
            verdicts[report.verdict, default: 0] += 1
            for violation in report.violations where ComparingReferee.hasOrder(violation.operations) {
                Issue.record("the proof has an order: \(violation.operations) of \(operations)")
                return
            }
        }
        #expect(verdicts[.violation, default: 0] > 30)
        #expect(verdicts[.pass, default: 0] > 30)
    }
}
