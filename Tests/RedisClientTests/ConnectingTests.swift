import Foundation
import RedisClient
import TestSupport
import Testing

@Suite("Connecting", .timeLimit(.minutes(10)))
struct ConnectingTests {
    @Test("A refused port, a missing socket and an unknown host are connectFailed")
    func nobodyThere() async throws {
        let places: [RedisEndpoint] = [
            .tcp(host: "127.0.0.1", port: 1), .tcp(host: "localhost", port: 1),
            .unixSocket(path: "/tmp/no-such-redis.socket"),
            .tcp(host: "no-such-host.invalid", port: 6379),
        ]
        for endpoint in places {
            let error = try await redisError {
                _ = try await RedisConnection.connect(RedisConfiguration(endpoint: endpoint))
            }
            #expect(error.code == .connectFailed, "\(endpoint)")
            #expect(error.endpoint == endpoint)
            #expect(!error.outcomeUnknown, "\(endpoint)")
            let pool = RedisPool(RedisConfiguration(endpoint: endpoint))
            let sending = try await redisError { _ = try await pool.send(RedisCommand("PING")) }
            #expect(sending.code == .connectFailed, "\(endpoint)")
            let borrowing = try await redisError {
                try await pool.withConnection { _ = try await $0.send(RedisCommand("PING")) }
            }
            #expect(borrowing.code == .connectFailed, "\(endpoint)")
            await pool.close()
        }
    }

    @Test("The right password opens a connection; a wrong one and none are authenticationFailed")
    func passwords() async throws {
        try await withServer(password: "open sesame") { server in
            var configuration = server.configuration
            let connection = try await RedisConnection.connect(configuration)
            #expect(try await connection.send(RedisCommand("PING")) == .status("PONG"))
            _ = try await connection.send(RedisCommand("ACL", "SETUSER", "alice", "on", ">secret", "+@all", "~*", "&*"))
            for (username, password, fits) in [
                ("alice", "secret", true), ("alice", "wrong", false), (nil, "wrong", false), (nil, nil, false),
            ] as [(String?, String?, Bool)] {
                configuration.username = username
                configuration.password = password
                if fits {
                    let other = try await RedisConnection.connect(configuration)
                    #expect(try await other.send(RedisCommand("ACL", "WHOAMI")).string == username)
                    await other.close()
                } else {
                    let error = try await redisError { _ = try await RedisConnection.connect(configuration) }
                    #expect(error.code == .authenticationFailed)
                }
            }
            await connection.close()
        }
    }

    @Test("The database is selected and the name is set", arguments: [false, true])
    func databaseAndName(overTCP: Bool) async throws {
        try await withServer { server in
            var configuration = overTCP ? server.tcp : server.configuration
            configuration.database = 7
            configuration.clientName = "seven"
            if overTCP { configuration.endpoint = .tcp(host: "localhost", port: server.port) }
            let connection = try await RedisConnection.connect(configuration)
            let clients = try await connection.clients()
            #expect(clients.contains { $0.contains("name=seven") && $0.contains("db=7") })
            configuration.database = 99
            #expect(try await redisError { _ = try await RedisConnection.connect(configuration) }.code == .serverError)
            await connection.close()
        }
    }

    @Test("A hanging server runs into the time limits of connecting and of commands")
    func hangingServer() async throws {
        try await withServer { server in
            var configuration = server.configuration
            configuration.commandTimeout = .milliseconds(500)
            let connection = try await RedisConnection.connect(configuration)
            server.signal(SIGSTOP)
            var impatient = configuration
            impatient.connectTimeout = .milliseconds(500)
            let failure = try await redisError { [impatient] in _ = try await RedisConnection.connect(impatient) }
            #expect(failure.code == .connectTimedOut)
            // Both run at once, because a connection that stays silent for three more time limits ends.
            async let single = redisError { _ = try await connection.send(RedisCommand("PING")) }
            async let batch = redisError { _ = try await connection.pipeline([RedisCommand("PING")]) }
            for (name, error) in try await [("single", single), ("batch", batch)] {
                #expect(error.code == .commandTimedOut, "\(name)")
                #expect(error.outcomeUnknown, "\(name)")
            }
            try await eventually("a connection that stays silent is given up") { !connection.isOpen }
            server.signal(SIGCONT)
            await connection.close()
        }
    }

    @Test("After a hang the late replies are discarded and the next ones match")
    func recoveredServer() async throws {
        try await withServer { server in
            let connection = try await RedisConnection.connect(server.configuration)
            server.signal(SIGSTOP)
            let error = try await redisError {
                _ = try await connection.send(RedisCommand("ECHO", "late"), timeLimit: .milliseconds(30))
            }
            #expect(error.code == .commandTimedOut)
            server.signal(SIGCONT)
            #expect(try await connection.send(RedisCommand("ECHO", "next")).string == "next")
            await connection.close()
        }
    }

    @Test("A cancelled attempt ends at once")
    func cancelledAttempt() async throws {
        try await withServer { server in
            let configuration = server.configuration
            server.signal(SIGSTOP)
            let attempt = Task { try await RedisConnection.connect(configuration) }
            attempt.cancel()
            let error = try await redisError { _ = try await attempt.value }
            #expect(error.code == .cancelled)
            server.signal(SIGCONT)
        }
    }

    @Test("Closing leaves no connection at the server, and later commands are refused")
    func closing() async throws {
        try await withServer { server in
            let watcher = try await RedisConnection.connect(server.configuration)
            let connection = try await RedisConnection.connect(server.configuration)
            let pending = Task { try await connection.send(RedisCommand("BLPOP", "list", "0")) }
            try await eventually("the command blocks") {
                try await watcher.clients().contains { $0.contains("cmd=blpop") }
            }
            await connection.close()
            let error = try await redisError { _ = try await pending.value }
            #expect(error.code == .closed)
            #expect(!connection.isOpen)
            let late = try await redisError { _ = try await connection.send(RedisCommand("PING")) }
            #expect(late.code == .closed)
            #expect(!late.outcomeUnknown)
            await connection.close()
            try await eventually("only the watcher is left") { try await watcher.clients().count == 1 }
            do { _ = try await RedisConnection.connect(server.configuration) }
            try await eventually("one that was let go of is closed") { try await watcher.clients().count == 1 }
            await watcher.close()
        }
    }
}
