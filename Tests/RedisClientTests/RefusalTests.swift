import Foundation
import RedisClient
import TestSupport
import Testing

@Suite("Refusals of a server, and servers other than Redis", .timeLimit(.minutes(10)))
struct RefusalTests {
    @Test(
        "A refusal that concerns the server or the user is distinguished from an error about a command",
        arguments: [
            ("NOPERM this user has no permissions to run the 'get' command", .noPermission),
            (
                "ERR The user executing the script can't run this command or subcommand script: ab, on @user_script:1.",
                .noPermission
            ),
            ("NOAUTH Authentication required.", .passwordWanted),
            ("WRONGPASS invalid username-password pair or user is disabled.", .wrongPassword),
            ("READONLY You can't write against a read only replica.", .readOnly),
            ("OOM command not allowed when used memory > 'maxmemory'. script: ab, on @user_script:1.", .outOfMemory),
            ("LOADING Redis is loading the dataset in memory", .loading),
            ("BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.", .busy),
            ("MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist", .cannotSave),
            ("MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.", .primaryDown),
            ("CLUSTERDOWN Hash slot not served", .clusterDown), ("MOVED 3999 127.0.0.1:6381", .otherNode),
            ("ERR SELECT is not allowed in cluster mode", .otherNode),
            ("ERR wrong number of arguments for 'get' command", nil), ("WRONGTYPE Operation against a key", nil),
            ("NOSCRIPT No matching script.", nil), ("", nil), ("OOMPH", nil),
        ] as [(String, RedisRefusal.Kind?)])
    func kinds(line: String, kind: RedisRefusal.Kind?) async throws {
        #expect(RedisRefusal(line: line)?.kind == kind)
        guard let kind else { return }
        let server = try AnsweringServer("-\(line)\r\n")
        defer { server.stop() }
        let endpoint = RedisEndpoint.tcp(host: "127.0.0.1", port: server.port)
        let error = try await redisError {
            let connection = try await RedisConnection.connect(RedisConfiguration(endpoint: endpoint))
            _ = try await connection.send(RedisCommand("GET", "k"))
        }
        #expect(error.refusal?.kind == kind, "\(error)")
        #expect(error.advice == error.refusal?.advice)
    }

    @Test("A refused CLIENT SETNAME is a missing right, and not an error about the password")
    func name() async throws {
        try await withServer { server in
            let connection = try await RedisConnection.connect(server.configuration)
            _ = try await connection.send(
                RedisCommand("ACL", "SETUSER", "alice", "on", ">secret", "~*", "&*", "+@all", "-client|setname"))
            var configuration = server.configuration
            configuration.username = "alice"
            configuration.password = "secret"
            await (try await RedisConnection.connect(configuration)).close()
            configuration.clientName = "somebody"
            let error = try await redisError { _ = try await RedisConnection.connect(configuration) }
            #expect(error.code == .serverError && error.refusal?.kind == .noPermission)
            #expect(error.description.contains("CLIENT SETNAME") && !error.description.contains("password"))
            await connection.close()
        }
    }

    @Test(
        "A server other than Redis is recognised at its first answer",
        arguments: [
            ("HTTP/1.1 400 Bad Request\r\n\r\n", "an HTTP server"), ("<!DOCTYPE html>\r\n", "an HTTP server"),
            ("\u{15}\u{3}\u{1}", "TLS"), ("SSH-2.0-OpenSSH\r\n", "is not Redis"),
        ])
    func stranger(answer: String, word: String) async throws {
        let server = try AnsweringServer(answer)
        defer { server.stop() }
        let endpoint = RedisEndpoint.tcp(host: "127.0.0.1", port: server.port)
        let error = try await redisError {
            _ = try await RedisConnection.connect(RedisConfiguration(endpoint: endpoint))
        }
        #expect(error.code == .protocolError && error.message.contains(word), "\(error)")
        #expect(server.connections == 1)
    }

    @Test("A script gets the server's process identifier, read once a connection, and a new one after a restart")
    func serverName() async throws {
        let script = RedisScript(name: "echo", source: "return ARGV[1] .. ' ' .. ARGV[2]")
        try await withServer { server in
            let pool = RedisPool(server.configuration)
            func name() async throws -> String {
                let information = try await pool.send(RedisCommand("INFO", "server")).string ?? ""
                return information.split(whereSeparator: \.isNewline).first { $0.hasPrefix("run_id:") }
                    .map { String($0.dropFirst(7)) } ?? ""
            }
            for _ in 0..<3 {
                #expect(
                    try await pool.runTellingServer(script, arguments: ["x"]).string == (try await name()) + " x")
            }
            let asked = try await pool.send(RedisCommand("INFO", "commandstats")).string ?? ""
            // Three commands of this test and one of the connection.
            #expect(asked.contains("cmdstat_info:calls=4,"), "\(asked)")
            let before = try await name()
            server.killAtOnce()
            try await server.start()
            try await eventually("the pool is back") { (try? await name()) != nil }
            #expect(try await name() != before)
            #expect(try await pool.runTellingServer(script, arguments: ["x"]).string == (try await name()) + " x")
            await pool.close()
        }
    }

    @Test(
        "A server without a process identifier, or with an invalid one, is an error",
        arguments: ["", "run_id:", "run_id:zz"])
    func nameless(line: String) async throws {
        let text = "# Server\r\n\(line)\r\n"
        let server = try AnsweringServer("$\(text.utf8.count)\r\n\(text)\r\n", answersPings: true)
        defer { server.stop() }
        let pool = RedisPool(RedisConfiguration(endpoint: .tcp(host: "127.0.0.1", port: server.port)))
        let script = RedisScript(name: "nothing", source: "return 0")
        #expect(try await redisError { _ = try await pool.runTellingServer(script) }.code == .protocolError)
        await pool.close()
    }
}
