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

    static let apart = """
        A1 load x 1 +t       [---------]
        A2 load x 2 +t              [---------]
        """

    @Test(
        "A load that begins after an invalidation does not count against an older one",
        arguments: [
            ("A1 write x 2", 26, "[-]"), ("B1 invalidate x", 28, "[-----]"), ("A1 delete x 2 gone unknown", 27, "[-]"),
            ("A1 invalidateTag +t", 20, "[]"), ("A apply x of 99", 24, "[-]"), ("A apply of 99", 24, "|"),
            ("A evict L2", 22, "[-]"), ("A1 write x 2 unknown", 20, "[>"),
        ])
    func apart(words: String, column: Int, interval: String) {
        expectPass(Loads(), in: diagram(Self.apart + "\n" + line(words, interval, at: column)))
    }

    @Test(
        "What failed, ended before both, begins after both, or concerns something else does not set loads apart",
        arguments: [
            ("A1 write x 2 failed", 24, "[-]"), ("B1 invalidate x", 18, "[]"), ("A1 write x 2", 29, "[-]"),
            ("A1 invalidateTag +u", 24, "[-]"), ("B apply x of 99", 24, "[-]"), ("A apply y of 99", 24, "[-]"),
            ("A evict x L2", 24, "[-]"), ("A1 write y 2", 24, "[-]"), ("A1 read x 2", 24, "[-]"),
        ])
    func together(words: String, column: Int, interval: String) {
        expect(Loads(), finds: [[1, 2]], in: diagram(Self.apart + "\n" + line(words, interval, at: column)))
    }

    @Test("A point inside of a load is at one time with it; one at its edge touches it, whatever the order of lines")
    func points() {
        expect(
            Loads(), finds: [[1, 2]],
            in: diagram(
                """
                A1 load x 1   [---]
                A2 load x 1     |
                """))
        for drawing in ["A1 load x 1   [---]\nA2 load x 1   |", "A1 load x 1   |\nA2 load x 1   [---]"] {
            expectPass(Loads(), in: diagram(drawing))
        }
    }
}
