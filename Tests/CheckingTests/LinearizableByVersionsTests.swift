import Checking
import History
import Testing

@Suite("Linearizable, by versions")
struct LinearizableByVersionsTests {
    let check = LinearizableByVersions()

    @Test(
        "Histories that one copy of the data could have produced pass",
        arguments: [
            """
            A1 write x 1   [--]
            B2 read x 1         [--]
            """,
            // Either order of two that overlap.
            """
            A1 write x 1   [----]
            B2 read x 0      [--]
            B2 read x 1           [--]
            """,
            // Touching is concurrent.
            """
            A1 write x 1   [----]
            B2 read x 0         [--]
            """,
            """
            A1 write x 2   [---------]
            B2 write x 1      [---]
            A3 read x 2              [--]
            """,
            // Two points at one time are concurrent.
            """
            A1 write x 1   |
            B2 read x 0    |
            """,
            // A tombstone is a version.
            """
            A1 write x 1        [--]
            A1 delete x 2 gone       [--]
            B2 read x 2 gone              [--]
            """,
            // Keys are independent.
            """
            A1 write x 1   [--]
            A1 write y 1        [--]
            B2 read y 1              [--]
            B2 read x 1                   [--]
            """,
        ])
    func passes(drawing: String) { expectPass(check, in: diagram(drawing)) }

    @Test(
        "Each rule is caught, and the two operations that prove it are named",
        arguments: [
            (
                """
                A1 write x 1   [--]
                A1 write x 2        [--]
                B2 read x 1              [--]
                """, [[Int64(2), 3]]
            ),
            (
                """
                A1 write x 1   [--]
                B2 read x 0         [--]
                """, [[1, 2]]
            ),
            // A read while the write is on its way binds those that begin after it.
            (
                """
                A1 write x 1   [--]
                A1 write x 2        [--------------]
                B2 read x 2           [--]
                B3 read x 1                [--]
                """, [[3, 4]]
            ),
            (
                """
                B2 read x 1    [--]
                A1 write x 1         [--]
                """, [[1, 2]]
            ),
            (
                """
                A1 write x 2   [------------]
                B2 read x 2      [--]
                A3 write x 1          [---]
                """, [[2, 3]]
            ),
            (
                """
                A1 write x 2   [--]
                A3 write x 1        [---]
                B1 read x 2                [-]
                """, [[1, 2]]
            ),
            (
                """
                A1 write x 1   [----]
                A3 write x 1     [----]
                B1 read x 1             [-]
                """, [[1, 2]]
            ),
            (
                """
                A1 write x 1   [--]
                B1 read x 7         [-]
                """, [[2]]
            ),
            (
                """
                A1 write x 1 failed   [--]
                B1 read x 1                [-]
                """, [[1, 2]]
            ),
        ])
    func catches(drawing: String, proofs: [[Int64]]) { expect(check, finds: proofs, in: diagram(drawing)) }

    @Test("A write of unknown outcome may happen, not happen, or happen late")
    func unknownWrites() {
        expectPass(
            check,
            in: diagram(
                """
                A1 write x 1            [--]
                A1 write x 2 unknown        [--]
                B2 read x 1                     [-]
                B2 read x 2                          [-]
                """))
        expect(
            check, finds: [[3, 4]],
            in: diagram(
                """
                A1 write x 1            [--]
                A1 write x 2 unknown        [--]
                B2 read x 2                     [-]
                B2 read x 1                          [-]
                """))
        expect(
            check, finds: [[1, 2]],
            in: diagram(
                """
                B2 read x 2            [-]
                A1 write x 2 unknown        [--]
                """))
    }

    @Test("An unknown write whose version was never learnt explains one version")
    func anonymousWrites() {
        expectPass(
            check,
            in: diagram(
                """
                A1 write x 1            [--]
                A1 write x unknown          [--]
                B2 read x 2                     [-]
                """))
        expect(
            check, finds: [[4]],
            in: diagram(
                """
                A1 write x 1            [--]
                A1 write x unknown          [--]
                B2 read x 2                     [-]
                B2 read x 3                          [-]
                """))
        // It began too late to have been read.
        expect(
            check, finds: [[1]],
            in: diagram(
                """
                B2 read x 2             [-]
                A1 write x unknown          [--]
                """))
        // Version 3 had been read before it began, so it cannot be version 2.
        expect(
            check, finds: [[4]],
            in: diagram(
                """
                A1 write x 3            [--]
                B2 read x 3                 [-]
                A1 write x unknown              [--------]
                B2 read x 2                       [-]
                """))
    }

    @Test("Reads that failed or timed out, and failed writes, do not count")
    func dropped() {
        expectPass(
            check,
            in: diagram(
                """
                A1 write x 1          [--]
                A1 write x 2 failed        [--]
                B2 read x 0 unknown        [-]
                B2 read x 0 failed            [-]
                B2 read x 1                       [-]
                """))
    }

    @Test("Without reads, without operations, or without versions it cannot tell")
    func unknown() {
        expectUnknown(check, in: diagram(""))
        expectUnknown(check, in: diagram("A1 write x 1   [--]"))
        expectUnknown(check, in: diagram("A1 read x 1 failed   [--]"))
        expectUnknown(
            check,
            in: diagram(
                """
                A1 write x #5   [--]
                A1 read x #5         [--]
                A1 write y 1    [--]
                A1 read y 1          [--]
                """))
    }

    @Test("All violations are counted, the easiest to read are kept")
    func ranking() {
        var drawing = "A1 write x 1   []\n"
        for reader in 0..<30 { drawing += "B\(reader) read x 0 \(String(repeating: " ", count: 10 + 2 * reader))[]\n" }
        let report = LinearizableByVersions(maximumViolations: 3).examine(diagram(drawing))
        #expect(report.violationCount == 30)
        #expect(report.violations.map { $0.operations.map(\.id) } == [[1, 2], [1, 3], [1, 4]])
    }

    @Test("The explanation tells who did what, where and when, which write was returned, and what happened in between")
    func explanation() throws {
        let history = diagram(
            """
            A1 write user:1 1       [--]
            A1 write user:1 2            [--]
            B2 read user:1 1 L2               [--]
            """, unit: 1_000)
        let violation = try #require(check.examine(history).violations.first)
        #expect(
            violation.explanation == """
                 · -5 µs … -2 µs: instance 1, worker 1 wrote "user:1": version 1
                1. +0 ns … +3 µs: instance 1, worker 1 wrote "user:1": version 2
                2. +5 µs … +8 µs: instance 2, worker 2 read "user:1" from L2: version 1
                "user:1" was at version 2 when the first operation ended; the second began 2 µs later and returned version 1.
                """)
    }
}
