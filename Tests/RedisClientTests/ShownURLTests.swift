import RedisClient
import Testing

@Suite("A server's URL in messages")
struct ShownURLTests {
    @Test(
        "It does not contain the password",
        arguments: [
            ("redis://host:6379/3", "redis://host:6379/3"), ("redis://:secret@host", "redis://:***@host"),
            ("redis://user:se:c@ret@host:1/2", "redis://user:***@host:1/2"), ("secret", "***"),
            ("unix://:secret@/tmp/redis.sock?db=3", "unix://:***@/tmp/redis.sock?db=3"),
            ("redis://secret@host", "redis://***@host"),
        ])
    func passwords(_ url: String, _ shown: String) {
        #expect(RedisConfiguration.withoutPassword(url) == shown)
    }

    @Test(
        "A password given elsewhere replaces a missing or hidden one in the URL",
        arguments: [
            ("redis://user@host", "user", "given"), ("redis://user:***@host", "user", "given"),
            ("redis://user:@host", "user", "given"), ("redis://:***@host", nil, "given"),
            ("redis://host", nil, "given"),
            ("redis://user:own@host", "user", "own"), ("unix://user@/tmp/redis.sock", "user", "given"),
        ] as [(String, String?, String)])
    func given(_ url: String, _ user: String?, _ password: String) throws {
        let configuration = try RedisConfiguration(url: url, password: "given")
        #expect(configuration.username == user)
        #expect(configuration.password == password)
        // The shown URL describes the same server.
        let shown = RedisConfiguration.withoutPassword(url, isPasswordGiven: true)
        #expect(try RedisConfiguration(url: shown, password: password).username == user)
    }

    @Test("Without a given password, a missing or hidden one is an error")
    func missing() {
        let hidden = #expect(throws: RedisError.self) { try RedisConfiguration(url: "redis://user:***@host") }
        #expect(hidden?.message.contains("stands for a password that is not shown") == true)
        #expect(hidden?.code == .invalidURL)
        let missing = #expect(throws: RedisError.self) { try RedisConfiguration(url: "redis://user@host") }
        #expect(missing?.code == .invalidURL)
    }
}
