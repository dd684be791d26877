import Checking
import History
import Testing

@Suite("Expiry")
struct ExpiryTests {
    let check = Expiry(lifetimes: [.l2: 10, .redis: 20])

    @Test(
        "What is served by its deadline passes",
        arguments: [
            // At the deadline is in time: the end of the fill and ten.
            """
            A fill x 1 L2 from origin    [-]
            A1 read x 1 L2                           |
            """,
            // Any fill that may have provided it counts.
            """
            A fill x 1 L2 from origin    [-]
            A fill x 1 L2 from origin            [-]
            A1 read x 1 L2                              [-]
            """,
            """
            A fill x 1 L2 from origin            [-]
            A fill x 1 L2 from origin unknown    [-]
            A1 read x 1 L2                                          [-]
            """,
            // The outer entry that it was filled from may have been the younger one.
            """
            A fill x 1 redis from origin    [-]
            B fill x 1 redis from origin                  [-]
            A fill x 1 L2 from redis                     [----]
            A1 read x 1 L2                                        [-]
            """,
            // L1 of a worker, filled by its instance.
            """
            A fill x 1 L1 from origin    [-]
            A1 read x 1 L1                                                    [-]
            """,
            // An expired entry is gone when it is looked for; failed reads count for nothing.
            """
            A fill x 1 L2 from origin    [-]
            A1 read x 1 L2                [-]
            A inspect x absent L2                              [-]
            A1 read x 1 L2 failed                              [-]
            """,
        ])
    func passes(drawing: String) { expectPass(check, in: diagram(drawing)) }

    @Test(
        "What is served later is proven by its fills",
        arguments: [
            (
                """
                A fill x 1 L2 from origin    [-]
                A1 read x 1 L2                            |
                """, [[Int64(1), 2]]
            ),
            (
                """
                A fill x 1 L2 from origin    [-]
                A inspect x 1 L2                          |
                """, [[1, 2]]
            ),
            // The fill of another instance, or another version, explains nothing.
            (
                """
                A fill x 1 L2 from origin    [-]
                A fill x 2 L2 from origin          [-]
                B fill x 1 L2 from origin          [-]
                A1 read x 1 L2                            |
                """, [[1, 4]]
            ),
            // The inner layer outlives the outer: filled when redis had little time left.
            (
                """
                A fill x 1 redis from origin  [-]
                B fill x 1 L2 from redis                        [-]
                B1 read x 1 L2                                      [-]
                B1 read x 1 L2                                             [-]
                """, [[1, 2, 4]]
            ),
            (
                """
                A fill x 1 redis from origin  [-]
                B fill x 1 L2 from redis                        [-]
                B1 fill x 1 L1 from L2                             [-]
                B1 read x 1 L1                                             [-]
                """, [[1, 2, 3, 4]]
            ),
            // From nowhere.
            (
                """
                A1 fill x 1 L1 from origin  [-]
                A1 read x 1 L2                   [-]
                A2 read x 1 L1                   [-]
                A fill y 1 L2 from origin  [-]
                """, [[2], [3]]
            ),
        ])
    func catches(drawing: String, proofs: [[Int64]]) { expect(check, finds: proofs, in: diagram(drawing)) }

    @Test("The tolerance is added to the deadline")
    func tolerance() {
        let history = diagram(
            """
            A fill x 1 L2 from origin    [-]
            A1 read x 1 L2                              |
            """)
        expectPass(Expiry(lifetimes: [.l2: 10], tolerance: 3), in: history)
        expect(Expiry(lifetimes: [.l2: 10], tolerance: 2), finds: [[1, 2]], in: history)
    }

    @Test("L3 is shared by the instances of a host")
    func hosts() {
        let history = diagram(
            """
            A fill x 1 L3 from origin    [-]
            B1 read x 1 L3                   [-]
            """)
        expectPass(Expiry(lifetimes: [:]), in: history)
        expectPass(Expiry(lifetimes: [:], hosts: [0: 4, 1: 4]), in: history)
        expect(Expiry(lifetimes: [:], hosts: [0: 4, 1: 5]), finds: [[2]], in: history)
    }

    @Test("Without a read from a cache layer it cannot tell")
    func unknown() {
        expectUnknown(check, in: diagram(""))
        expectUnknown(
            check,
            in: diagram(
                """
                A fill x 1 L2 from origin    [-]
                A1 read x 1 origin               [-]
                """))
    }

    @Test("A layer into which no fill was recorded is not judged, and if it has a lifetime nobody can tell")
    func unrecorded() {
        let outside = diagram("A1 read x 1 L2   [-]")
        expectUnknown(Expiry(lifetimes: [.l2: 10]), in: outside)
        let partly = diagram(
            """
            A fill x 1 L2 from origin   [-]
            A1 read x 1 L2                  [-]
            A1 read x 1 redis               [-]
            """)
        expectPass(Expiry(lifetimes: [.l2: 10]), in: partly)
        expectUnknown(Expiry(lifetimes: [.l2: 10, .redis: 10]), in: partly)
    }

    static let revived = """
        A fill x 1 L2 from origin   [-]
        A fill x 1 L2 from L2                         [-]
        A1 read x 1 L2                                    [-]
        """

    @Test("A layer is not filled from an entry whose time was over")
    func revival() {
        expect(Expiry(lifetimes: [.l2: 10]), finds: [[1, 2]], in: diagram(Self.revived))
        expectPass(Expiry(lifetimes: [.l2: 10], tolerance: 6), in: diagram(Self.revived))
        expectPass(Expiry(lifetimes: [.l2: 16]), in: diagram(Self.revived))
        // Into an outer or an inner layer as well.
        for layer in ["L1", "redis"] {
            let drawing = Self.revived.replacing("L2 from L2", with: "\(layer) from L2").split(separator: "\n")
                .dropLast()
            expect(Expiry(lifetimes: [.l2: 10]), finds: [[1, 2]], in: diagram(drawing.joined(separator: "\n")))
        }
    }

    @Test(
        """
        An entry may have been taken when the read began in which a layer was filled, and nobody knows of other \
        sources
        """)
    func takenBefore() {
        expectPass(
            Expiry(lifetimes: [.l2: 10]),
            in: diagram(Self.revived + "\n" + line("A2 read x 1 L2", "[----------]", at: 36)))
        expectPass(
            Expiry(lifetimes: [.l2: 10]),
            in: diagram(
                """
                A fill x 1 L2 from origin   [-]
                A1 read x 1 L2                  [-]
                A fill x 2 L2 from L2                         [-]
                """))
    }
}
