import Checking
import History
import TestSupport
import Testing

@Suite("Explanations: what proves a violation, and what happened around it", .computing)
struct ExplanationTests {
    @Test(
        "A stale read is told with the write that it returned, how that came into the layer, and what came in between")
    func staleRead() throws {
        let history = diagram(
            """
            A1 write user:1 1            [--]
            A1 write other 1                  []
            B fill user:1 1 L2 from redis        [-]
            C fill user:1 1 L2 from redis        [-]
            A1 write user:1 2                        [--]
            B evict user:2 1 L2                          []
            B2 read user:1 1 L2                            [--]
            """, unit: 1_000)
        let violation = try #require(LinearizableByVersions().examine(history).violations.first)
        #expect(violation.operations.map(\.version) == [2, 1])
        #expect(violation.context.map(\.kind) == [.write, .fill])
        #expect(
            violation.explanation == """
                 · -12 µs … -9 µs: instance 1, worker 1 wrote "user:1": version 1
                 · -4 µs … -2 µs: instance 2 filled L2 with "user:1" from redis: version 1
                1. +0 ns … +3 µs: instance 1, worker 1 wrote "user:1": version 2
                2. +6 µs … +9 µs: instance 2, worker 2 read "user:1" from L2: version 1
                "user:1" was at version 2 when the first operation ended; the second began 3 µs later and returned version 1.
                """)
    }

    @Test("What happened in between is shown to six operations, the last before the end; the rest is counted")
    func longStory() throws {
        var drawing = "A1 write x 9 []\n"
        for version in 10..<20 {
            drawing += "A1 write x \(version) \(String(repeating: " ", count: 4 * (version - 9)))[]\n"
        }
        // The story runs from the first newer write that had finished when the read began: of version 19, the last.
        drawing += "B2 read x 9 L2 \(String(repeating: " ", count: 60))[]\n"
        let violations = LinearizableByVersions().examine(diagram(drawing)).violations
        let violation = try #require(violations.first)
        #expect(violation.operations.map(\.version) == [19, 9])
        #expect(violation.context.map(\.version) == [9])

        let floors = FreshAfterInvalidation().examine(
            diagram(
                """
                A1 write x 1 none     []
                A1 write x 2 none        []
                A1 invalidate x cluster     []
                A2 write x 3 none               []
                A2 write x 4 none                  []
                A2 write x 5 none                     []
                A2 write x 6 none                        []
                A2 write x 7 none                           []
                A2 write x 8 none                              []
                A2 write x 9 none                                 []
                A2 write x 10 none                                   []
                B3 read x 1 L2                                          []
                """))
        let floor = try #require(floors.violations.first)
        #expect(floor.operations.map(\.kind) == [.write, .invalidate, .read])
        #expect(floor.context.map(\.version) == [1, 5, 6, 7, 8, 9, 10])
        #expect(floor.explanation.contains("and 2 more operations in between"))
    }

    @Test("An application is told by the operation that it follows from")
    func applications() throws {
        let history = diagram(
            """
            A1 write x 1 none           []
            A1 write x 2 instance          []
            B apply x 2 of 2                  []
            B2 read x 1 L2                       []
            """)
        let violation = try #require(FreshAfterInvalidation().examine(history).violations.first)
        #expect(violation.explanation.contains("instance 2 applied operation 1"))
    }
}
