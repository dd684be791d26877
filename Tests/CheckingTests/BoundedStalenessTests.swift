import Checking
import History
import Testing

@Suite("Bounded staleness")
struct BoundedStalenessTests {
    static let drawing = """
        A1 write x 1   [-]
        A1 write x 2       [-]
        B1 read x 1            [-]
        A1 write x 3               [-]
        B1 read x 1                     [-]
        B1 read x 3                        [-]
        B1 read x 1                [-]
        """

    @Test("Staleness is the time from the first end of a newer write to the start of the read")
    func distribution() {
        let distribution = StalenessDistribution(of: diagram(Self.drawing))
        #expect(distribution.ages == [0, 2, 6, 11])
        #expect(distribution.lags == [0, 1, 1, 2])
        #expect(distribution.count == 4)
        #expect(distribution.staleCount == 3)
        #expect(distribution.age(at: 0) == 0)
        #expect(distribution.age(at: 0.5) == 2)
        #expect(distribution.age(at: 0.51) == 6)
        #expect(distribution.age(at: 1) == 11)
        #expect(distribution.lag(at: 1) == 2)
    }

    @Test("The measurement can be narrowed")
    func narrowed() {
        let distribution = StalenessDistribution(of: diagram(Self.drawing)) { $0.id == 5 }
        #expect(distribution.ages == [11])
        #expect(StalenessDistribution(of: diagram(Self.drawing)) { _ in false }.age(at: 0.5) == nil)
    }

    @Test("A read over the limit is proven by the newer write that ended first; one at the limit passes")
    func limits() {
        expectPass(BoundedStaleness(), in: diagram(Self.drawing))
        expectPass(BoundedStaleness(limit: 11), in: diagram(Self.drawing))
        expect(BoundedStaleness(limit: 10), finds: [[2, 5]], in: diagram(Self.drawing))
        expect(BoundedStaleness(limit: 0), finds: [[2, 3], [2, 5], [2, 7]], in: diagram(Self.drawing))
    }

    @Test("Writes that failed, or may have, make nothing stale")
    func uncertainWrites() {
        expectPass(
            BoundedStaleness(limit: 0),
            in: diagram(
                """
                A1 write x 1            [-]
                A1 write x 2 failed        [-]
                A1 write x 3 unknown          [-]
                A1 read x 1                      [-]
                """))
    }

    @Test("Without reads it cannot tell")
    func unknown() {
        expectUnknown(BoundedStaleness(limit: 5), in: diagram("A1 write x 1   [-]"))
        expectUnknown(BoundedStaleness(), in: diagram(""))
    }
}
