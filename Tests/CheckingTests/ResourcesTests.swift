import Checking
import History
import Testing

@Suite("Resources")
struct ResourcesTests {
    let check = Resources(limits: ["connections": 200], finalLimits: ["index": 2])

    @Test("What stays at its bound, and is given back in the end, passes")
    func passes() {
        let history = diagram(
            """
            A gauge connections #200  |
            A gauge index #900          |
            A gauge other #900            |
            B gauge index #2                |
            A gauge index #0                  |
            """)
        expectPass(check, in: history)
        #expect(check.examine(history).examined == 4)
    }

    @Test(
        "One measurement over its bound proves it, and one left over in the end",
        arguments: [
            (
                """
                A gauge connections #200  |
                B gauge connections #201    |
                A gauge connections #7        |
                A gauge index #0                |
                """, [[2]] as [[Int64]]
            ),
            (
                """
                A gauge connections #200  |
                A gauge index #3            |
                B gauge index #3              |
                A gauge index #2                |
                """, [[3]]
            ),
        ])
    func violations(drawing: String, proofs: [[Int64]]) {
        expect(check, finds: proofs, in: diagram(drawing))
    }

    @Test("A bound at which nothing was measured cannot be judged")
    func unknown() {
        let history = diagram("A gauge connections #3 |\nA gauge index #900 failed |")
        expectUnknown(check, in: history)
        #expect(check.examine(history).reason == "nothing was measured of index")
    }
}
