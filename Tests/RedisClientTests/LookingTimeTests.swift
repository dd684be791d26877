import Testing

@testable import RedisClient

@Suite("How long the loop looks before it sleeps")
struct LookingTimeTests {
    private func lookingTime(after waits: [UInt64]) -> UInt64 {
        var lookingTime = LookingTime()
        for wait in waits { lookingTime.waited(wait) }
        return lookingTime.nanoseconds
    }

    private static let short = LookingTime.longest
    private static let long = LookingTime.longest + 1

    @Test(
        "Longer after short waits, shorter after long ones, within bounds",
        arguments: [
            ([], 0),
            ([long], 0),
            ([short], 2_500),
            ([0, 0], 5_000),
            ([short, long], 0),
            ([short, short, short, long], 5_000),
            (Array(repeating: short, count: 100), LookingTime.longest),
            (Array(repeating: short, count: 100) + [long], LookingTime.longest / 2),
            (Array(repeating: short, count: 100) + Array(repeating: long, count: 6), 0),
        ] as [([UInt64], UInt64)])
    func follows(waits: [UInt64], expected: UInt64) {
        #expect(lookingTime(after: waits) == expected)
    }
}
