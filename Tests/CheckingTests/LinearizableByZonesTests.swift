import Checking
import History
import Testing

@Suite("Linearizable, by zones")
struct LinearizableByZonesTests {
    let check = LinearizableByZones()

    @Test(
        "Histories that one copy of the data could have produced pass",
        arguments: [
            """
            A1 write x #7   [--]
            B2 read x #7         [--]
            """,
            """
            A1 write x #7   [----]
            B2 read x #0      [--]
            B2 read x #7           [--]
            """,
            // The write of 8 has a place before or after, as it overlaps a bound of the zone.
            """
            A1 write x #7   [--]
            A2 write x #8      [---]
            B1 read x #7          [--]
            """,
            // Zones that touch.
            """
            A1 write x #7   [--]
            B1 read x #7         [-]
            A2 write x #8     [----]
            B1 read x #8             [-]
            """,
            """
            A1 write x #7            [--]
            A1 write x #8 unknown         [-]
            B1 read x #7                     [-]
            B1 read x #8                         [-]
            """,
            // Deletes are values of their own while nobody reads them.
            """
            A1 write x #7   [--]
            A1 read x #7         [-]
            A1 delete x              [-]
            """,
        ])
    func passes(drawing: String) { expectPass(check, in: diagram(drawing)) }

    @Test(
        "What has no order is proven by the operations that bound the zones",
        arguments: [
            (
                """
                A1 write x #7   [--]
                A1 write x #8        [--]
                B2 read x #7              [--]
                """, [[Int64(1), 2, 3]]
            ),
            (
                """
                A1 write x #7   [--]
                B2 read x #0         [--]
                """, [[1, 2]]
            ),
            (
                """
                A1 write x #7   [--]
                B2 read x #7         [--]
                A2 write x #8   [--]
                B2 read x #8         [--]
                """, [[1, 3, 2, 4]]
            ),
            (
                """
                B2 read x #7   [--]
                A1 write x #7        [--]
                """, [[1, 2]]
            ),
            (
                """
                A1 write x #7   [--]
                B2 read x #9         [--]
                """, [[2]]
            ),
            (
                """
                A1 write x #7 failed   [--]
                B2 read x #7                [--]
                """, [[1, 2]]
            ),
            (
                """
                A1 write x #7   [--]
                A1 delete x         [-]
                A1 read x #7            [-]
                """, [[1, 2, 3]]
            ),
        ])
    func catches(drawing: String, proofs: [[Int64]]) { expect(check, finds: proofs, in: diagram(drawing)) }

    @Test(
        "Keys whose reads do not name their writes are not judged",
        arguments: [
            "",
            "A1 write x #7   [--]",
            """
            A1 write x 1   [--]
            A1 read x 1         [-]
            """,
            """
            A1 write x #7   [--]
            A1 write x #7        [-]
            A1 read x #7             [-]
            """,
            """
            A1 write x #7   [--]
            A1 delete x         [-]
            A1 read x #0            [-]
            """,
        ])
    func unknown(drawing: String) { expectUnknown(check, in: diagram(drawing)) }
}
