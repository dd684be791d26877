import Checking
import History
import Testing

@Suite("Sessions")
struct SessionsTests {
    let check = Sessions()

    @Test(
        "A session that never goes back passes, whatever the others see",
        arguments: [
            """
            A1 write x 1   [-]
            A1 read x 1        [-]
            A1 read x 3           [-]
            A1 write x 4             [-]
            B2 read x 0               [-]
            B2 read x 1                  [-]
            """,
            // Overlapping operations of one worker are not compared.
            """
            A1 write x 1   [-]
            A1 read x 2        [----]
            A1 read x 1          [----]
            """,
            // Keys are apart, and unknown writes give no mark.
            """
            A1 read y 5   [-]
            A1 read y 5      [-]
            A1 read x 0         [-]
            A1 write x 7 unknown   [-]
            A1 read x 0               [-]
            """,
        ])
    func passes(drawing: String) { expectPass(check, in: diagram(drawing)) }

    @Test("However many sessions use a key, each is judged by what it saw itself", arguments: [2, 32, 33, 100])
    func many(sessions: Int32) {
        var operations: [Operation] = []
        for worker in 0..<sessions {
            let start = Int64(worker)
            // Every second one goes back.
            let second: Int64 = worker.isMultiple(of: 2) ? 1 : 3
            operations.append(Operation(kind: .read, worker: worker, key: 0, version: 2, start: start, end: start + 1))
            operations.append(
                Operation(
                    kind: .read, worker: worker, key: 0, version: second, start: start + 1_000, end: start + 1_001)
            )
        }
        let report = check.examine(History(operations: operations, keys: ["x"]))
        #expect(report.violationCount == Int(sessions + 1) / 2)
    }

    @Test(
        "Each guarantee is caught by two operations",
        arguments: [
            (
                "read your writes",
                """
                A1 write x 2   [-]
                A1 read x 1         [-]
                """, [[Int64(1), 2]]
            ),
            (
                "monotonic reads",
                """
                A1 read x 2   [-]
                A1 read x 3        [-]
                A1 read x 2             [-]
                """, [[2, 3]]
            ),
            (
                "monotonic writes",
                """
                A1 write x 2   [-]
                A1 write x 1       [-]
                """, [[1, 2]]
            ),
            (
                "writes follow reads",
                """
                A1 read x 2    [-]
                A1 write x 2       [-]
                """, [[1, 2]]
            ),
            (
                "at the very moment the first ended",
                """
                A1 read x 2    [--]
                A1 read x 1       [--]
                """, [[1, 2]]
            ),
        ])
    func catches(guarantee: String, drawing: String, proofs: [[Int64]]) {
        expect(check, finds: proofs, in: diagram(drawing))
    }

    @Test("It cannot tell where no worker did two things with one key")
    func unknown() {
        expectUnknown(check, in: diagram(""))
        expectUnknown(
            check,
            in: diagram(
                """
                A1 write x 1   [-]
                A2 read x 0        [-]
                A1 read y 0           [-]
                A  read x 1        [-]
                A  read x 0             [-]
                """))
    }
}
