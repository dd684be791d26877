import Checking
import History
import Testing

@Suite("Where something needed is no longer remembered, the verdict is unknown")
struct ForgettingTests {
    /// Writes and reads of rising versions, each write of unknown outcome and unknown version.
    private func anonymousWrites(_ count: Int64) -> [Operation] {
        (1...count).flatMap { version -> [Operation] in
            let start = version * 100
            return [
                Operation(id: start, kind: .write, key: 0, outcome: .unknown, start: start, end: start + 1),
                Operation(id: start + 1, kind: .read, key: 0, version: version, start: start + 10, end: start + 11),
            ]
        }
    }

    @Test(
        "Whether the version of a late unknown write had been read",
        arguments: [(Int64(60), Verdict.violation), (70, .unknown)])
    func lateUnknownWrite(count: Int64, verdict: Verdict) {
        let late = Operation(
            id: 90_000, kind: .write, key: 0, version: 2, outcome: .unknown, start: 90_000, end: 90_001)
        let history = History(operations: anonymousWrites(count) + [late], keys: ["x"])
        let report = streamed(StreamingLinearizableByVersions(names: OperationNames(history)), history)
        #expect(report.verdict == verdict)
        #expect(LinearizableByVersions().examine(history).verdict == .violation)
        #expect((report.reason != nil) == (verdict == .unknown))
        let before = History(operations: anonymousWrites(count), keys: ["x"])
        #expect(streamed(StreamingLinearizableByVersions(names: OperationNames(before)), before).verdict == .pass)
    }

    /// Instance 0 writes versions from 1 and reads them; instance 1 applies the first of them late, then reads
    /// something older.
    private func lateApplication(writes: Int64, reads version: Int64) -> History {
        var operations = (1...writes).flatMap { version -> [Operation] in
            [
                Operation(
                    id: version, kind: .write, key: 0, version: version, scope: .instance, start: version * 10,
                    end: version * 10 + 1),
                Operation(
                    id: version + 1_000, kind: .read, key: 0, version: version, start: version * 10 + 5,
                    end: version * 10 + 6),
            ]
        }
        operations.append(
            Operation(id: 5_000, kind: .apply, instance: 1, start: 50_000, end: 50_001, cause: 1))
        operations.append(
            Operation(id: 5_001, kind: .read, instance: 1, key: 0, version: version, start: 50_010, end: 50_011))
        return History(operations: operations, keys: ["x"])
    }

    @Test(
        "What an instance applies that appeared late, or fell behind",
        arguments: [
            // Named, and there is room: as in a recorded history.
            ([Int32(0), 1], 100, Int64(0), Verdict.violation), ([0, 1], 100, 1, .pass),
            // Not named.
            ([], 100, 0, .unknown),
            // Named, but the write was displaced.
            ([0, 1], 5, 0, .unknown), ([0, 1], 5, 1, .unknown),
        ])
    func application(instances: [Int32], limit: Int, version: Int64, verdict: Verdict) {
        let history = lateApplication(writes: 20, reads: version)
        let report = streamed(
            StreamingFreshAfterInvalidation(
                names: OperationNames(history), instances: Set(instances), maximumAwaited: limit), history)
        #expect(report.verdict == verdict)
        #expect((report.reason != nil) == (verdict == .unknown))
    }

    @Test("An instance that applies nothing any more costs no more than the limit, and no verdict")
    func deadInstance() throws {
        var check = StreamingFreshAfterInvalidation(
            names: OperationNames(keys: ["x"]), instances: [0, 1], maximumAwaited: 10)
        for operation in lateApplication(writes: 900, reads: 0).operations.dropLast(2) {
            try check.observe(operation)
            #expect(check.retained < 40, "operation \(operation.id)")
        }
        #expect(check.finish().verdict == .pass)
    }
}
