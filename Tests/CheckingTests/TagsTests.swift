import Checking
import History
import Testing

@Suite("Tags")
struct TagsTests {
    let check = Tags()

    @Test(
        "Entries loaded after the invalidation began, and entries that nobody promised to take, pass",
        arguments: [
            // Loaded while it was under way.
            """
            A1 load x 1 +t                [-----]
            A1 invalidateTag +t cluster       [---]
            A1 read x 1 L2 +t                       [-]
            """,
            // Loaded until the very moment at which it began: concurrent.
            """
            A2 load x 1 +t                [---]
            A1 invalidateTag +t cluster       [---]
            A1 read x 1 L2 +t                       [-]
            """,
            // Not yet applied elsewhere.
            """
            A1 load x 1 +t                [-]
            A1 invalidateTag +t instance      [-]
            B1 read x 1 L2 +t                    [-]
            A1 load x 1 +t                       [-]
            A1 read x 1 L2 +t                       [-]
            """,
            // Written into the cache afterwards.
            """
            A1 write x 1 +t               [-]
            A1 invalidateTag +t cluster      [-]
            A1 write x 2 +t                     [-]
            A1 read x 2 L2 +t                      [-]
            """,
            // Entries without the tag stay.
            """
            A1 load x 1 +u                [-]
            A inspect x 1 L2 +u              [-]
            A1 invalidateTag +t cluster         [-]
            A inspect x 1 L2 +u                    [-]
            """,
        ])
    func passes(drawing: String) { expectPass(check, in: diagram(drawing)) }

    @Test(
        "An entry left behind is proven by its load, the invalidation, its application and the read",
        arguments: [
            (
                """
                A1 load x 1 +t                [-]
                A1 invalidateTag +t cluster      [-]
                A1 read x 1 L2 +t                   [-]
                """, [[Int64(1), 2, 3]]
            ),
            (
                """
                A1 load x 1 +t +u             [-]
                A1 invalidateTag +u instance     [-]
                B apply of 2                         [-]
                B inspect x 1 redis +t +u                [-]
                """, [[1, 2, 3, 4]]
            ),
            (
                """
                A1 invalidateTag +t cluster      [-]
                A1 read x 1 L2 +t                   [-]
                """, [[1, 2]]
            ),
        ])
    func incomplete(drawing: String, proofs: [[Int64]]) { expect(check, finds: proofs, in: diagram(drawing)) }

    static let outsider = """
        A1 load x 1 +u                [-]
        A inspect x 1 L2 +u              [-]
        A1 invalidateTag +t cluster         [-]
        A inspect x absent L2                  [-]
        """

    @Test("An entry without the tag that vanished is proven by the two inspections and the invalidation")
    func outsiders() { expect(check, finds: [[2, 3, 4]], in: diagram(Self.outsider)) }

    @Test(
        "Anything else that may have taken it clears the invalidation",
        arguments: [
            "A1 write x 2 none                   [-]",
            "A1 delete x 2 gone cluster unknown |",
            "A1 invalidate x cluster          [--]",
            "B1 invalidate x instance     [-]",
            "A1 invalidateTag +u none             [-]",
            "A evict x L2                         [-]",
            "A evict L2                           [-]",
            "A fill x 1 L2 from redis +u        |",
            "A apply of 99                        |",
        ])
    func accountedFor(other: String) { expectPass(check, in: diagram(Self.outsider + "\n" + other)) }

    @Test("An entry that may have been too old is not missed")
    func expired() {
        let drawing = Self.outsider + "\nA fill x 1 L2 from origin +u [-]"
        expect(Tags(lifetimes: [.l2: 100]), finds: [[2, 3, 4]], in: diagram(drawing))
        expectPass(Tags(lifetimes: [.l2: 5]), in: diagram(drawing))
        expectPass(Tags(lifetimes: [.redis: 5, .l2: 100]), in: diagram(drawing))
    }

    @Test("Without an acknowledged invalidation, or an entry met after it, it cannot tell")
    func unknown() {
        expectUnknown(check, in: diagram(""))
        expectUnknown(
            check,
            in: diagram(
                """
                A1 load x 1 +t                        [-]
                A1 invalidateTag +t cluster unknown      [-]
                A1 invalidateTag +t none                 [-]
                A1 read x 1 L2 +t                           [-]
                """))
    }

    @Test("With a grace, an instance that has not applied an invalidation by then is held to it")
    func grace() {
        let history = diagram(
            """
            A1 load x 1 +t               [-]
            A1 invalidateTag +t instance     [-]
            B2 read x 1 L2 +t                    [-]
            B2 read x 1 L2 +t                        [-]
            """)
        expectUnknown(Tags(), in: history)
        expect(Tags(grace: 4), finds: [[1, 2, 4]], in: history)
    }

    @Test("An entry that lost the tags that it was filled with is held to them, through layers too")
    func lostTags() {
        let drawing = """
            A1 load x 1 +t                   [-]
            A fill x 1 redis from origin +t     [-]
            A fill x 1 L2 from redis               [-]
            A1 invalidateTag +t cluster                [-]
            A1 read x 1 redis                              [-]
            A2 read x 1 L2                                    [-]
            """
        expect(check, finds: [[1, 4, 5], [1, 4, 6]], in: diagram(drawing))
        // Another fill without the tag may have provided it.
        expectUnknown(check, in: diagram(drawing + "\nB fill x 1 redis from origin        [-]"))
    }
}
