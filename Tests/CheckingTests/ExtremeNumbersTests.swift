import Checking
import History
import Testing

@Suite("Versions of 63 bits and times of 64 bits")
struct ExtremeNumbersTests {
    private static let versions: [Int64] = [2, 1 << 61, 1 << 62, (1 << 62) + 1, .max - 1]

    @Test("A stale read is found however high its version is, and a lawful one passes", arguments: versions)
    func judged(version: Int64) {
        let writes = [
            Operation(id: 1, kind: .write, worker: 1, key: 0, version: version - 1, scope: .cluster, start: 0, end: 1),
            Operation(id: 2, kind: .write, worker: 1, key: 0, version: version + 1, scope: .cluster, start: 3, end: 4),
        ]
        let checks: [any Check] = [
            Linearizable(), LinearizableByVersions(), LinearizableBySearch(), FreshAfterInvalidation(), Sessions(),
            BoundedStaleness(limit: 1),
        ]
        for isStale in [false, true] {
            let read = Operation(
                id: 3, kind: .read, worker: 1, key: 0, version: isStale ? version - 1 : version + 1, layer: .l2,
                start: 9,
                end: 10)
            let history = History(operations: writes + [read], keys: ["x"])
            for check in checks {
                #expect(check.examine(history).verdict == (isStale ? .violation : .pass), "\(check.name)")
            }
            for streaming in [StreamedCase.linearizable, .fresh, .sessions] {
                #expect(streaming.streaming(history).verdict == (isStale ? .violation : .pass), "\(streaming.name)")
            }
            #expect(
                streamed(StreamingBoundedStaleness(names: OperationNames(history), limit: 1), history).verdict
                    == (isStale ? .violation : .pass))
        }
    }

    @Test("The highest version may be that of a deletion")
    func highestTombstone() {
        let operations = [
            Operation(id: 1, kind: .write, key: 0, version: .max - 1, start: 0, end: 1),
            Operation(id: 2, kind: .delete, key: 0, version: .max, start: 3, end: 4, isTombstone: true),
            Operation(id: 3, kind: .read, key: 0, start: 5, end: 6, isAbsent: true),
        ]
        expectPass(LinearizableByVersions(), in: History(operations: operations, keys: ["x"]))
    }

    @Test("Times of the whole range are judged, and told")
    func times() {
        let operations = [
            Operation(
                id: 1, kind: .write, worker: 0, key: 0, version: 1, scope: .cluster, start: .min, end: .min + 1),
            Operation(
                id: 2, kind: .write, worker: 0, key: 0, version: 2, scope: .cluster, start: .min + 2, end: .min + 3),
            Operation(
                id: 3, kind: .fill, worker: 0, key: 0, tagSet: 1, version: 1, layer: .l1, start: .min, end: .min),
            Operation(id: 4, kind: .fill, key: 0, version: 1, layer: .l2, source: .l2, start: .max - 9, end: .max - 8),
            Operation(id: 5, kind: .fill, key: 0, version: 1, layer: .l2, start: .min, end: .min),
            Operation(id: 6, kind: .invalidateTag, tagSet: 1, scope: .cluster, start: .min, end: .min),
            Operation(id: 7, kind: .load, worker: 0, key: 0, version: 1, start: .min + 20, end: .max - 1),
            Operation(id: 8, kind: .load, worker: 0, key: 0, version: 1, start: .min + 21, end: .max - 1),
            Operation(id: 9, kind: .publish, start: .max - 2, end: .max - 1),
            Operation(id: 10, kind: .receive, instance: 1, start: .min, end: .min + 1, cause: 9),
            Operation(id: 11, kind: .read, worker: 0, key: 0, version: 1, layer: .l1, start: .max - 7, end: .max - 1),
            Operation(
                id: 12, kind: .inspect, worker: 0, key: 0, version: 1, layer: .l1, start: .max - 6, end: .max - 1),
        ]
        let history = History(operations: operations, keys: ["x"], tagSets: [[], ["t"]])
        let checks: [any Check] = [
            Linearizable(), LinearizableByVersions(), LinearizableBySearch(), FreshAfterInvalidation(grace: .max),
            Sessions(), BoundedStaleness(limit: .max), Convergence(), Expiry(lifetimes: [.l1: 1, .l2: .max]), Loads(),
            Delivery(),
        ]
        for check in checks {
            let report = check.examine(history)
            #expect(report.verdict == .violation, "\(check.name)")
            for violation in report.violations {
                #expect(!violation.explanation.contains("-9223372036854775"), "\(check.name)")
            }
        }
        _ = Tags(grace: .max).examine(history)
        #expect(StalenessDistribution(of: history).ages == [.max])
        for streaming in StreamedCase.all {
            #expect(streaming.streaming(history).verdict == .violation, "\(streaming.name)")
        }
    }

    @Test("What is written before all times that can be told is not nothing")
    func beforeEverything() {
        let operations = [
            Operation(id: 1, kind: .write, key: 0, value: 1, start: .min, end: .min),
            Operation(id: 2, kind: .read, key: 0, value: 0, start: 0, end: 1),
        ]
        let history = History(operations: operations, keys: ["x"])
        for check in [LinearizableByZones(), LinearizableBySearch()] as [any Check] {
            #expect(check.examine(history).verdict == .violation, "\(check.name)")
        }
    }

    @Test("A time is told however long it is")
    func told() {
        let operations = [
            Operation(id: 1, kind: .write, key: 0, version: 2, start: .min, end: .min),
            Operation(id: 2, kind: .read, key: 0, version: 0, start: .max - 1, end: .max - 1),
        ]
        let report = LinearizableByVersions().examine(History(operations: operations, keys: ["x"]))
        #expect(report.violations.first?.explanation.contains("+18446744073.709 s") == true, "\(report.violations)")
    }
}
