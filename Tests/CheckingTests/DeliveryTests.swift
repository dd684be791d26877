import Checking
import History
import Testing

@Suite("Delivery")
struct DeliveryTests {
    @Test(
        "Events that reach others once and in order pass",
        arguments: [
            """
            A publish      [-]
            A publish          [-]
            B receive of 1      [-]
            B receive of 2         [-]
            C receive of 1              [-]
            """,
            // Publications that overlap have no order; nor have those of two senders.
            """
            A publish      [---]
            A publish        [---]
            B publish                [-]
            C receive of 3               [-]
            C receive of 2                  [-]
            C receive of 1                     [-]
            """,
            // One of unknown outcome may arrive, and late.
            """
            A publish unknown   [-]
            A publish              [-]
            B receive of 2           [-]
            B receive of 1               [-]
            """,
            // Receipts that overlap have no order.
            """
            A publish      [-]
            A publish          [-]
            B receive of 2         [---]
            B receive of 1           [---]
            """,
        ])
    func passes(drawing: String) { expectPass(Delivery(), in: diagram(drawing)) }

    @Test(
        "Each rule is caught",
        arguments: [
            ("from nowhere", "B receive of 9   [-]", [[Int64(1)]]),
            (
                "failed",
                """
                A publish failed  [-]
                B receive of 1        [-]
                """, [[1, 2]]
            ),
            (
                "too early",
                """
                B receive of 2   [-]
                A publish             [-]
                """, [[1, 2]]
            ),
            (
                "own",
                """
                A publish        [-]
                A receive of 1        [-]
                """, [[1, 2]]
            ),
            (
                "twice",
                """
                A publish        [-]
                B receive of 1        [-]
                B receive of 1            [-]
                """, [[1, 2, 3]]
            ),
            (
                "order",
                """
                A publish        [-]
                A publish             [-]
                B receive of 2            [-]
                B receive of 1                [-]
                """, [[1, 2, 3, 4]]
            ),
        ])
    func catches(rule: String, drawing: String, proofs: [[Int64]]) {
        expect(Delivery(), finds: proofs, in: diagram(drawing))
    }

    @Test("The order of the whole channel, or none, can be asked for")
    func orders() {
        let history = diagram(
            """
            A publish        [-]
            B publish             [-]
            C receive of 2            [-]
            C receive of 1                [-]
            """)
        expectPass(Delivery(), in: history)
        expect(Delivery(order: .channel), finds: [[1, 2, 3, 4]], in: history)
        expectPass(Delivery(order: .none), in: history)
    }

    @Test("With the subscribers named, an event that did not arrive is missed")
    func missing() {
        let history = diagram(
            """
            A publish        [-]
            A publish             [-]
            A publish unknown         [-]
            B receive of 1            [-]
            """)
        expect(Delivery(subscribers: [0, 1]), finds: [[2]], in: history)
        expectPass(Delivery(), in: history)
    }

    @Test("Without events it cannot tell")
    func unknown() {
        expectUnknown(Delivery(), in: diagram(""))
        expectUnknown(Delivery(), in: diagram("A publish   [-]"))
        expectUnknown(Delivery(subscribers: [0]), in: diagram("A publish   [-]"))
    }

    @Test("The explanation names the event")
    func named() throws {
        let history = diagram(
            """
            A publish      [-]
            B receive of 1     [-]
            B receive of 1         [-]
            """)
        let violation = try #require(Delivery().examine(history).violations.first)
        #expect(violation.explanation.contains("published event 1"))
        #expect(violation.explanation.contains("received event 1 of operation 1"))
    }

    @Test("An event that may have arrived is not missed")
    func mayHaveArrived() {
        let drawing = """
            A publish          [-]
            B receive of 1         [-]
            C receive of 1 unknown [-]
            """
        expectPass(Delivery(subscribers: [1, 2]), in: diagram(drawing))
        #expect(Delivery(subscribers: [1, 2, 3]).examine(diagram(drawing)).violationCount == 1)
    }
}
