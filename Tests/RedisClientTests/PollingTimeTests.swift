import Testing

@testable import RedisClient

@Suite("The time that the loop polls before it sleeps")
struct PollingTimeTests {
    private func pollingTime(after waits: [UInt64]) -> UInt64 {
        var pollingTime = PollingTime()
        for wait in waits { pollingTime.waited(wait) }
        return pollingTime.nanoseconds
    }

    private static let short = PollingTime.longest
    private static let long = PollingTime.longest + 1

    @Test(
        "It becomes longer after short waits and shorter after long ones, within bounds",
        arguments: [
            ([], 0),
            ([long], 0),
            ([short], 2_500),
            ([0, 0], 5_000),
            ([short, long], 0),
            ([short, short, short, long], 5_000),
            (Array(repeating: short, count: 100), PollingTime.longest),
            (Array(repeating: short, count: 100) + [long], PollingTime.longest / 2),
            (Array(repeating: short, count: 100) + Array(repeating: long, count: 6), 0),
        ] as [([UInt64], UInt64)])
    func follows(waits: [UInt64], expected: UInt64) {
        #expect(pollingTime(after: waits) == expected)
    }
}
