import Checking
import History
import Testing

/// A worker does one thing after another: what it begins at the moment at which it ended something follows that.
@Suite("The order of a session where stamps touch")
struct SessionOrderTests {
    /// A check, and a history in which two operations touch that are in order only if one worker did both.
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let check: any Check
        let streaming: (@Sendable (History) -> CheckReport)?
        let drawing: String

        init(
            _ name: String, _ check: any Check, _ streaming: (@Sendable (History) -> CheckReport)? = nil,
            _ drawing: String
        ) {
            self.name = name
            self.check = check
            self.streaming = streaming
            self.drawing = drawing
        }

        var testDescription: String { name }
    }

    /// The second of the operations that touch is done by worker 1, as the first was; by worker 2 it would be
    /// concurrent.
    static let cases: [Case] = [
        Case(
            "linearizable by versions", LinearizableByVersions(),
            { streamed(StreamingLinearizableByVersions(names: OperationNames($0)), $0) },
            """
            A3 write x 1   [-]
            A1 write x 2      [-]
            A@ read x 1         [-]
            """),
        Case(
            "linearizable by versions: a version that nobody learnt", LinearizableByVersions(), nil,
            """
            A1 read x 2              [-]
            A@ write x 0 unknown       [-]
            """),
        Case(
            "linearizable by zones", LinearizableByZones(), nil,
            """
            A3 write x #1   [-]
            A1 write x #2      [-]
            A@ read x #1         [-]
            """),
        Case(
            "linearizable by zones: a read before its write", LinearizableByZones(), nil,
            """
            A1 read x #2   [-]
            A@ write x #2    [-]
            """),
        Case(
            "linearizable by zones: three values in a circle", LinearizableByZones(), nil,
            """
            A1 write x #1   [-]
            A@ read x #2      [-]
            A3 write x #2   [-]
            A3 read x #3      [-]
            A4 write x #3   [-]
            A4 read x #1      [-]
            """),
        Case(
            "fresh: the write and the invalidation", FreshAfterInvalidation(),
            { streamed(StreamingFreshAfterInvalidation(names: OperationNames($0)), $0) },
            """
            A1 write x 1             [-]
            A1 write x 2                 [-]
            A@ invalidate x cluster        [-]
            B3 read x 1 L2                     [-]
            A1 write y 1 cluster     [-]
            B3 read y 1 L2                     [-]
            """),
        Case(
            "fresh: the invalidation and the read", FreshAfterInvalidation(),
            { streamed(StreamingFreshAfterInvalidation(names: OperationNames($0)), $0) },
            """
            A1 write x 1           [-]
            A1 write x 2 cluster       [-]
            A@ read x 1 L2               [-]
            A1 write y 1 cluster   [-]
            B3 read y 1 L2                     [-]
            """),
        Case(
            "fresh: the write and the invalidation of a tag", FreshAfterInvalidation(),
            { streamed(StreamingFreshAfterInvalidation(names: OperationNames($0)), $0) },
            """
            A1 write x 1                [-]
            A1 write x 2                    [-]
            A@ invalidateTag +t cluster       [-]
            B3 read x 1 L2 +t                     [-]
            """),
        Case(
            "tags", Tags(), nil,
            """
            A1 load x 1 +t              [-]
            A@ invalidateTag +t cluster   [-]
            A3 read x 1 L2 +t                [-]
            """),
        Case(
            "convergence", Convergence(), nil,
            """
            A1 write x 2     [-]
            A@ inspect x 1 L2  [-]
            A3 inspect x 2 redis  [-]
            """),
        Case(
            "delivery", Delivery(), nil,
            """
            A1 publish     [-]
            A@ publish       [-]
            B receive of 2      |
            B receive of 1        |
            """),
    ]

    private static func history(_ value: Case, by worker: Int) -> History {
        diagram(value.drawing.replacing("@", with: "\(worker)"))
    }

    @Test("What one worker did is in order", arguments: cases)
    func ordered(value: Case) {
        let history = Self.history(value, by: 1)
        #expect(value.check.examine(history).verdict == .violation)
        if let streaming = value.streaming { #expect(streaming(history).verdict == .violation) }
    }

    @Test("What two workers did is concurrent", arguments: cases)
    func concurrent(value: Case) {
        let history = Self.history(value, by: 2)
        #expect(value.check.examine(history).verdict != .violation)
        if let streaming = value.streaming { #expect(streaming(history).verdict != .violation) }
    }

    @Test("The work of instances, which names no worker, is in no session")
    func nobody() {
        let drawing = """
            A write x 2        [-]
            A read x 1           [-]
            A3 write x 1  [-]
            A3 read x 1      [-]
            """
        #expect(LinearizableByVersions().examine(diagram(drawing)).verdict == .pass)
    }

    @Test(
        """
        A point precedes what begins with it and ends later, in whatever order they are handed over
        """, arguments: [0, 1])
    func ties(first: Int) {
        var operations = [
            Operation(kind: .read, worker: 0, key: 0, version: 1, start: 3, end: 3),
            Operation(kind: .write, worker: 0, key: 0, version: 1, start: 3, end: 8),
        ]
        operations.swapAt(0, first)
        for index in operations.indices { operations[index].id = Int64(index + 1) }
        let history = History(operations: operations, keys: ["x"])
        #expect(Sessions().examine(history).verdict == .violation)
        #expect(LinearizableByVersions().examine(history).verdict == .violation)
        #expect(streamed(StreamingSessions(names: OperationNames(history)), history).verdict == .violation)
        let linearizable = StreamingLinearizableByVersions(names: OperationNames(history))
        #expect(streamed(linearizable, history).verdict == .violation)
    }

    @Test("A point precedes a write that begins with it and never ends, also by values", arguments: [0, 1])
    func neverEnding(first: Int) {
        var operations = [
            Operation(kind: .read, worker: 0, key: 0, value: 6, start: 10, end: 10),
            Operation(kind: .write, worker: 0, key: 0, value: 6, outcome: .unknown, start: 10, end: .max),
        ]
        operations.swapAt(0, first)
        for index in operations.indices { operations[index].id = Int64(index + 1) }
        let history = History(operations: operations, keys: ["x"])
        for check in [Linearizable(), LinearizableByZones(), LinearizableBySearch()] as [any Check] {
            #expect(check.examine(history).verdict == .violation, "\(check.name)")
        }
    }

    @Test("Two points at the same time have no order, and the work of a cache at the edge of a read has none")
    func unordered() {
        let points = diagram(
            """
            A1 read x 2    |
            A1 read x 1    |
            A3 write x 1 |
            A3 write x 2   [-]
            """)
        #expect(Sessions().examine(points).verdict != .violation)
        // The fill is done inside of the read that it ends with.
        let nested = diagram(
            """
            A1 read x 1 L1                [--]
            A1 fill x 1 L1 from origin       |
            """)
        expectPass(Expiry(lifetimes: [.l1: 10]), in: nested)
    }
}
