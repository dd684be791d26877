import Testing

@testable import RedisClient

@Suite("No message contains a password")
struct SecretsTests {
    @Test(
        "The error for an invalid URL omits all text that may be its password",
        arguments: [
            "redis://:geheim", "redis://user:geheim", "redis://:geheim@", "redis://:geheim@host:port",
            "redis://:geheim/geheim@host", "redis://:1/geheim@host", "redis://host:1/geheim", "redis://geheim:@host",
            "redis://:geheim%@host", "rediss://:geheim@host", "http://:geheim@host", "http://geheim",
            "unix://:geheim@tmp", "unix://geheim", "unix:///tmp/socket?geheim", "unix:///tmp/socket?db=geheim",
            "unix:///tmp%/geheim", "redis://[geheim", "redis://[::1]geheim", "geheim@host",
        ])
    func urls(url: String) {
        let error = #expect(throws: RedisError.self) { try RedisConfiguration(url: url) }
        #expect(error.map { "\($0)".contains("geheim") } == false, "\(error.map { "\($0)" } ?? "")")
    }

    @Test("If a server repeats the arguments of AUTH, the error omits the password")
    func refusedPassword() {
        var configuration = RedisConfiguration()
        configuration.username = "user"
        configuration.password = "geheim"
        let line = "ERR unknown command 'AUTH', with args beginning with: 'user' 'geheim'"
        let error = Handshake(configuration).failure(in: [.error(line), .status("PONG")])
        #expect(error?.code == .authenticationFailed)
        #expect(error?.underlying?.contains("args beginning with: 'user' '…'") == true)
    }
}
