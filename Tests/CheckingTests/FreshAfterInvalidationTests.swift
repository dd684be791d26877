import Checking
import History
import Testing

@Suite("Fresh after invalidation")
struct FreshAfterInvalidationTests {
    let check = FreshAfterInvalidation()

    @Test(
        "Reads that nobody promised anything, or that return enough, pass",
        arguments: [
            // The read overlaps the invalidation, or touches it.
            """
            A1 write x 1              [-]
            A1 write x 2                  [-]
            A1 invalidate x cluster           [---]
            B2 read x 1 L2                      [--]
            B2 read x 1 L2                        [--]
            B2 read x 2 L2                             [--]
            """,
            // The write had not finished when the invalidation began.
            """
            A1 write x 1                 [-]
            A1 invalidate x cluster          [-]
            A2 write x 2                     [---]
            B2 read x 1 L2                         [-]
            """,
            // It ended at the very moment: concurrent.
            """
            A1 write x 1                 [-]
            A1 write x 2                     [-]
            A2 invalidate x cluster            [-]
            B2 read x 1 L2                         [-]
            """,
            // Failed and unknown invalidations promise nothing; the one of version 1 makes a floor to judge by.
            """
            A1 write x 1 cluster               [-]
            A1 write x 2                           [-]
            A1 invalidate x cluster failed             [-]
            A1 invalidate x cluster unknown                [-]
            A1 invalidate x none                              [-]
            B2 read x 1 L2                                       [-]
            """,
            // Other instances owe nothing until they have applied it.
            """
            A1 write x 1 cluster         [-]
            A1 write x 2 instance           [-]
            A2 read x 2 L2                     [-]
            B1 read x 1 L2                     [-]
            B apply x of 2                        [-]
            B1 read x 1 L2                         [-]
            B1 read x 2 L2                           [-]
            C1 read x 1 L2                             [-]
            """,
            // An entry without the tag is not concerned.
            """
            A1 write x 1 cluster             [-]
            A1 write x 2                       [-]
            A1 invalidateTag +t cluster           [-]
            B1 read x 1 L2 +u                        [-]
            """,
        ])
    func passes(drawing: String) { expectPass(check, in: diagram(drawing)) }

    @Test(
        "A stale read is proven by the write, the invalidation, its application and the read",
        arguments: [
            (
                """
                A1 write x 1              [-]
                A1 write x 2                  [-]
                A1 invalidate x cluster           [-]
                B2 read x 1 L2                        [--]
                """, [[Int64(2), 3, 4]]
            ),
            (
                """
                A1 write x 1              [-]
                A1 write x 2 cluster          [-]
                B2 read x 1 L1                    [-]
                """, [[2, 3]]
            ),
            (
                """
                A1 write x 1              [-]
                A1 write x 2 instance         [-]
                A2 read x 1 L2                    [-]
                """, [[2, 3]]
            ),
            (
                """
                A1 write x 1                [-]
                A1 write x 2                    [-]
                A1 invalidate x instance            [-]
                B apply x of 3                         [-]
                B apply x of 3                                 [-]
                B1 read x 1 redis                          [-]
                """, [[2, 3, 4, 6]]
            ),
            (
                """
                A1 write x 1                    [-]
                A1 write x 2                       [-]
                A1 invalidateTag +t cluster           [-]
                B1 read x 1 L2 +t +u                     [-]
                """, [[2, 3, 4]]
            ),
            (
                """
                A1 write x 1                    [-]
                A1 delete x 2 gone cluster         [-]
                B1 read x 1 L2                           [-]
                B1 read x 0 L2                               [-]
                """, [[2, 3], [2, 4]]
            ),
        ])
    func catches(drawing: String, proofs: [[Int64]]) { expect(check, finds: proofs, in: diagram(drawing)) }

    @Test("Without a read after an acknowledged invalidation it cannot tell")
    func unknown() {
        expectUnknown(check, in: diagram(""))
        expectUnknown(
            check,
            in: diagram(
                """
                A1 write x 1      [-]
                A1 read x 1          [-]
                """))
        expectUnknown(
            check,
            in: diagram(
                """
                A1 write x #1 cluster     [-]
                A1 read x #1                 [-]
                """))
    }

    static let neverApplied = """
        A1 write x 1 cluster     [-]
        A1 write x 2 instance        [-]
        B2 read x 1 L2                     [-]
        B2 read x 1 L2                            [-]
        """

    @Test("With a grace, an instance that has not applied a write by then is held to it")
    func grace() {
        let history = diagram(Self.neverApplied)
        expectPass(FreshAfterInvalidation(), in: history)
        expect(FreshAfterInvalidation(grace: 10), finds: [[2, 4]], in: history)
        expect(FreshAfterInvalidation(grace: 1), finds: [[2, 3], [2, 4]], in: history)
        // Exactly at it is in time.
        expectPass(FreshAfterInvalidation(grace: 11), in: history)
        let streaming = StreamingFreshAfterInvalidation(names: OperationNames(history), grace: 10)
        #expect(streamed(streaming, history).violationCount == 1)
    }
}
