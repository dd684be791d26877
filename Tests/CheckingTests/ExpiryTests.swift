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
}
