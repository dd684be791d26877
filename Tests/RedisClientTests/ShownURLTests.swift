import RedisClient
import Testing

@Suite("A server's URL as it is shown")
struct ShownURLTests {
    @Test(
        "Its password is not",
        arguments: [
            ("redis://host:6379/3", "redis://host:6379/3"), ("redis://:secret@host", "redis://:***@host"),
            ("redis://user:se:c@ret@host:1/2", "redis://user:***@host:1/2"), ("secret", "***"),
            ("unix://:secret@/tmp/redis.sock?db=3", "unix://:***@/tmp/redis.sock?db=3"),
            ("redis://secret@host", "redis://***@host"),
        ])
    func passwords(_ url: String, _ shown: String) {
        #expect(RedisConfiguration.withoutPassword(url) == shown)
    }
}
