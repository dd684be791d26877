import Checking
import History
import Testing

@Suite("Loads")
struct LoadsTests {
    static let overlapping = """
        A1 load x 1   [----]
        A2 load x 1      [----]
        B1 load x 1          [-]
        """

    @Test("One load after another, of other keys and of other instances, passes")
    func passes() {
        expectPass(
            Loads(),
            in: diagram(
                """
                A1 load x 1   [----]
                A2 load x 1        [----]
                B1 load x 1     [-]
                A2 load y 1     [-]
                A3 load y 1         |
                """))
        expectPass(Loads(limit: 2), in: diagram(Self.overlapping))
    }

    @Test("Two in flight at a time are a violation, in the scope that is asked for")
    func catches() {
        expect(Loads(), finds: [[1, 2]], in: diagram(Self.overlapping))
        expect(Loads(scope: .cluster), finds: [[1, 2], [2, 3]], in: diagram(Self.overlapping))
        expect(
            Loads(scope: .cluster, limit: 2), finds: [[1, 2, 3]],
            in: diagram(
                """
                A1 load x 1   [-------]
                A2 load x 1      [----]
                B1 load x 1 failed  [-]
                """))
    }

    @Test("Without loads it cannot tell, and one that never returned is left out")
    func unknown() {
        expectUnknown(Loads(), in: diagram(""))
        expectUnknown(Loads(), in: diagram("A1 load x 1 unknown   [->"))
    }
}
