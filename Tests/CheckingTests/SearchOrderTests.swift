import Checking
import History
import Testing

@Suite("The order of a session, and excused reads, in the search")
struct SearchOrderTests {
    static let touching = [
        """
        A1 write x 1   [---]
        A@ read x 0        [-]
        """,
        """
        A3 write x #1   [-]
        A1 write x #2      [-]
        A@ read x #1         [-]
        """,
        // Three values in a circle.
        """
        A1 write x #1   [-]
        A@ read x #2      [-]
        A3 write x #2   [-]
        A3 read x #3      [-]
        A4 write x #3   [-]
        A4 read x #1      [-]
        """,
    ]

    @Test("What one worker did is in order although it touches; what two did is not", arguments: touching)
    func sessions(drawing: String) {
        let ordered = LinearizableBySearch().examine(diagram(drawing.replacing("@", with: "1")))
        #expect(ordered.verdict == .violation)
        expectPass(LinearizableBySearch(), in: diagram(drawing.replacing("@", with: "2")))
    }

    @Test("A write of unknown outcome that has to wait does not keep back another that does the same")
    func twins() {
        expectPass(
            LinearizableBySearch(),
            in: diagram(
                """
                A1 write x #1           [-]
                A1 write x #2 unknown     [-]
                A2 write x #2 unknown     [-]
                A3 read x #2            [-]
                """))
    }

    @Test("A read after an eviction from the only store is excused")
    func evicted() {
        for drawing in [
            EmptyReadsTests.onlyStore, EmptyReadsTests.onlyStore.replacing("A1 write x ", with: "A1 write x #"),
        ] {
            #expect(LinearizableBySearch().examine(diagram(drawing)).verdict != .violation)
        }
    }
}
