import Checking
import History
import Testing

@Suite("Reads that find nothing")
struct EmptyReadsTests {
    static let checks: [any Check] = [
        Linearizable(), LinearizableByVersions(), Sessions(), FreshAfterInvalidation(), BoundedStaleness(limit: 1),
    ]

    @Test("Nothing where nothing was written, or where it was deleted, is lawful", arguments: checks)
    func lawful(check: any Check) {
        expectPass(
            check,
            in: diagram(
                """
                A1 read x absent          [-]
                A1 write x 1 cluster          [-]
                A1 read x 1                      [-]
                A1 delete x 2 gone cluster           [-]
                A1 read x absent                         [-]
                A2 read x absent                            [-]
                A1 write x 3 cluster                            [-]
                A1 read x 3                                         [-]
                """))
    }

    @Test("A deletion that may have happened, or that nobody knows the version of, explains it", arguments: checks)
    func mayBeDeleted(check: any Check) {
        for deletion in ["2 gone", "2 gone unknown", "0 gone unknown"] {
            for column in [40, 45] {
                let history = diagram(
                    """
                    A1 write x 1 cluster          [-]
                    A1 read x 1                      [-]
                    A1 read x absent                           [---]
                    A3 write y 1 cluster          [-]
                    A3 read y 1                      [-]
                    """ + "\n" + line("A2 delete x \(deletion)", "[-]", at: column))
                #expect(check.examine(history).verdict == .pass, "\(deletion) at \(column)")
            }
        }
    }

    @Test("Nothing where it was not deleted is a violation", arguments: checks)
    func lost(check: any Check) {
        for change in ["A1 write x 2", "A1 delete x 2 gone failed"] {
            let history = diagram(
                """
                A1 write x 1 cluster      [-]
                A1 read x 1                   [-]
                A1 read x absent                      [-]
                """ + "\n" + line(change, "[-]", at: 34))
            #expect(check.examine(history).verdict == .violation, "\(change)")
        }
    }

    @Test("A deletion that comes after the read does not explain it", arguments: checks)
    func tooLate(check: any Check) {
        let history = diagram(
            """
            A1 write x 1 cluster      [-]
            A1 read x 1                   [-]
            A1 read x absent                      [-]
            A1 delete x 2 gone                      [-]
            """)
        #expect(check.examine(history).verdict == .violation)
    }

    @Test("After it was seen to be deleted it does not come back")
    func revived() {
        let history = diagram(
            """
            A1 write x 1          [-]
            A1 read x 1               [-]
            A2 delete x 2 gone           [-----]
            A1 read x absent              [-]
            A1 read x 1                      [-]
            """)
        #expect(Sessions().examine(history).verdict == .violation)
        #expect(LinearizableByVersions().examine(history).verdict == .violation)
    }

    static let onlyStore = """
        A1 write x 1 cluster     [-]
        A1 read x 1 redis            [-]
        A evict x redis                  [-]
        B2 read x 0 redis                    [-]
        A1 read x 0 redis                       [-]
        A1 write x 2 cluster                        [-]
        A1 read x 2 redis                               [-]
        """

    @Test(
        """
        In a cache that is the only store an eviction explains it, and what follows is not accused
        """, arguments: checks)
    func evicted(check: any Check) {
        expectPass(check, in: diagram(Self.onlyStore))
        expectPass(check, in: diagram(Self.onlyStore.replacing("evict x redis", with: "evict redis  ")))
        expectPass(check, in: diagram(Self.onlyStore.replacing("read x 0 redis     ", with: "read x redis absent")))
    }

    @Test(
        """
        An eviction from another layer, before the last write, or from a cache with an origin does not
        """, arguments: checks)
    func notEvicted(check: any Check) {
        for drawing in [
            Self.onlyStore.replacing("evict x redis", with: "evict x L2   "),
            Self.onlyStore.replacing("evict x redis", with: "evict y redis"),
            Self.onlyStore + "\n" + line("A load x 1", "[-]", at: 20),
            """
            A1 write x 1 cluster     [-]
            A1 read x 1 redis            [-]
            A evict x redis                  [-]
            A1 write x 2 cluster                 [-]
            A1 read x 0 redis                        [-]
            """,
        ] {
            #expect(check.examine(diagram(drawing)).verdict == .violation, "\(check.name)\n\(drawing)")
        }
    }

    @Test(
        "A read that a delete of unknown outcome may excuse is no pass of a stream",
        arguments: [StreamedCase.linearizable, .fresh, .staleness])
    func excusedInStreams(check: StreamedCase) {
        for delete in [1, 9] {
            let history = diagram(
                line("A2 delete x 0 gone unknown", "[-]", at: 35 + delete) + "\n" + """
                    A3 delete x 3 gone cluster             [-]
                    A1 read x absent                           [---]
                    """)
            #expect(check.streaming(history).verdict == .unknown, "the delete at \(delete)")
        }
    }

    @Test("A stream says what it cannot know", arguments: [StreamedCase.linearizable, .fresh, .staleness, .sessions])
    func streams(check: StreamedCase) {
        let history = diagram(
            """
            A1 write x 1 cluster    [-]
            A1 read x 1                 [-]
            A2 delete x 2 gone                  [----------------]
            A1 read x absent                          [-]
            """)
        #expect([.unknown, .pass].contains(check.streaming(history).verdict))
        #expect(check.streaming(diagram(Self.onlyStore)).verdict != .violation)
        let deleted = diagram(
            """
            A1 write x 1 cluster    [-]
            A1 read x 1                 [-]
            A2 delete x 2 gone cluster      [-]
            A1 read x absent                          [-]
            A2 read x absent                              [-]
            """)
        #expect([.unknown, .pass].contains(check.streaming(deleted).verdict))
    }
}
