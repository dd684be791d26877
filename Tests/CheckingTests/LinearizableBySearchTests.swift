import Checking
import History
import Testing

@Suite("Linearizable, by search")
struct LinearizableBySearchTests {
    let check = LinearizableBySearch()

    @Test(
        "Histories with an order pass, with and without versions",
        arguments: [
            """
            A1 write x 1   [--]
            B2 read x 1         [--]
            """,
            """
            A1 write x #7  [----]
            B2 read x #0     [--]
            B2 read x #7          [--]
            """,
            // Values may repeat.
            """
            A1 write x #7  [-]
            A1 write x #8      [-]
            A1 write x #7           [-]
            B1 read x #7                [-]
            """,
            """
            A1 write x #7  [-]
            A1 delete x        [-]
            B1 read x #0           [-]
            """,
        ])
    func passes(drawing: String) { expectPass(check, in: diagram(drawing)) }

    @Test("A history without an order is a violation, proven by the operations that cannot be spared")
    func catches() {
        expect(
            check, finds: [[3, 4, 5]],
            in: diagram(
                """
                A1 write x #7  [-]
                B1 read x #7        [-]
                A1 write x #8           [-]
                A1 write x #9               [-]
                B1 read x #8                    [-]
                B2 read x #9                    [-]
                """))
        expect(
            check, finds: [[1, 2, 4]],
            in: diagram(
                """
                A1 write x 1   [-]
                A1 write x 2       [-]
                B1 read x 2            [-]
                B1 read x 1                [-]
                B1 read x 2                    [-]
                """))
    }

    @Test("An unknown write may happen late, or never")
    func unknownWrites() {
        expectPass(
            check,
            in: diagram(
                """
                A1 write x #7           [-]
                A1 write x #8 unknown       [-]
                B1 read x #7                    [-]
                B1 read x #8                        [-]
                """))
        expect(
            check, finds: [[1, 2, 3, 4]],
            in: diagram(
                """
                A1 write x #7           [-]
                A1 write x #8 unknown       [-]
                B1 read x #8                    [-]
                B1 read x #7                        [-]
                """))
    }

    @Test("It works on more operations than a machine word has bits")
    func long() {
        var drawing = ""
        for number in 1...150 {
            drawing += "A1 write x \(number) \(String(repeating: " ", count: 10 + 2 * number))[]\n"
        }
        drawing += "A1 read x 150 \(String(repeating: " ", count: 400))|\n"
        expectPass(check, in: diagram(drawing))
        drawing += "A1 read x 149 \(String(repeating: " ", count: 410))|\n"
        expect(check, finds: [[149, 150, 152]], in: diagram(drawing))
    }

    @Test("With the budget spent, without operations, or with mixed labels it cannot tell")
    func unknown() {
        let history = diagram(
            """
            A1 write x #1   [----]
            A2 write x #2   [----]
            A3 write x #3   [----]
            A4 read x #9          [-]
            """)
        expectUnknown(LinearizableBySearch(maximumSteps: 5), in: history)
        expectUnknown(LinearizableBySearch(maximumStates: 2), in: history)
        #expect(check.examine(history).verdict == .violation)
        expectUnknown(check, in: diagram(""))
        expectUnknown(
            check,
            in: diagram(
                """
                A1 write x 1    [-]
                A1 write x #2      [-]
                A1 read x 1           [-]
                """))
    }
}
