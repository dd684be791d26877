import Checking
import History
import Testing

@Suite("Convergence")
struct ConvergenceTests {
    let check = Convergence()

    @Test(
        "Entries of the newest version, and none at all, agree",
        arguments: [
            """
            A1 write x 1        [-]
            A1 write x 2           [-]
            A inspect x 2 L2          [-]
            B inspect x absent L2     [-]
            B1 inspect x 2 L1         [-]
            """,
            // The last inspection of a place counts, and only if it began after the last write.
            """
            A1 write x 1        [-]
            A inspect x 0 L2      [-]
            A inspect x 0 L2        [-]
            A inspect x 1 L2            [-]
            """,
            // A failed write changes nothing; an unknown one may have.
            """
            A1 write x 1           [-]
            A1 write x 2 failed       [-]
            A1 write x 3 unknown         [-]
            A inspect x 1 L2                [-]
            B inspect x 3 L2                   [-]
            """,
            // It may happen between two looks.
            """
            A1 write x 1           [-]
            A1 write x unknown        [-]
            A inspect x 1 origin         [-]
            A inspect x 1 L2                [-]
            B inspect x 3 L2                   [-]
            A inspect x 3 origin                  [-]
            """,
            // The origin no longer has a row for what was deleted.
            """
            A1 write x 1             [-]
            A1 delete x 2 gone           [-]
            A inspect x absent origin        [-]
            A inspect x 2 gone L2            [-]
            """,
        ])
    func passes(drawing: String) { expectPass(check, in: diagram(drawing)) }

    @Test(
        "An entry of another version is proven by the truth and the inspection",
        arguments: [
            (
                """
                A1 write x 1        [-]
                A1 write x 2           [-]
                A inspect x 2 L2          [-]
                B inspect x 1 L2          [-]
                """, [[Int64(2), 4]]
            ),
            (
                """
                A1 write x 1        [-]
                A1 inspect x 1 L1      [-]
                A2 inspect x 0 L1      [-]
                B inspect x 7 L3       [-]
                """, [[1, 3], [1, 4]]
            ),
            // What the origin was seen to hold is the truth.
            (
                """
                A1 write x 1             [-]
                A1 write x 2 unknown        [-]
                A inspect x 2 origin           [-]
                A inspect x 1 L2                  [-]
                B inspect x 2 L2                  [-]
                """, [[3, 4]]
            ),
            (
                """
                A1 write x 1             [-]
                A1 write x 2 unknown        [-]
                A inspect x 2 L2               [-]
                A inspect x 1 origin              [-]
                """, [[3, 4]]
            ),
            // A load of a lagging replica is no excuse.
            (
                """
                A1 write x 1          [-]
                A1 write x 2             [-]
                A load x 1                  [-]
                A inspect x 1 L2                [-]
                """, [[2, 4]]
            ),
            // An entry that one place still has was written, so the others should have it.
            (
                """
                A1 write x 1             [-]
                A1 write x 2 unknown        [-]
                A inspect x 2 L2               [-]
                B inspect x 1 L2                   [-]
                """, [[3, 4]]
            ),
        ])
    func catches(drawing: String, proofs: [[Int64]]) { expect(check, finds: proofs, in: diagram(drawing)) }

    @Test("Without an inspection after the last write it cannot tell")
    func unknown() {
        expectUnknown(check, in: diagram(""))
        expectUnknown(
            check,
            in: diagram(
                """
                A inspect x 1 L2             [-]
                A1 write x 1               [-]
                """))
        expectUnknown(
            check,
            in: diagram(
                """
                A1 write x 1                   [-]
                A inspect x 1 L2 +t               [-]
                A1 invalidateTag +t cluster          [-]
                """))
        expectUnknown(
            check,
            in: diagram(
                """
                A1 write x #1                [-]
                A inspect x #1 L2                [-]
                """))
    }
}
