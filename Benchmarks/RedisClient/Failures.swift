import Foundation
import RedisClient

/// How long pending commands take to fail after `kill -9`, and the client to be usable after a restart.
enum Failures {
    static func measure(folder: String) async throws {
        let socket = folder + "/failing-socket"
        var server = try start(socket, folder)
        defer { server.terminate() }
        let configuration = RedisConfiguration(endpoint: .unixSocket(path: socket))
        let pool = RedisPool(configuration)
        await untilAccepting(socket)
        _ = try await pool.send(RedisCommand("PING"))

        // The first blocks the connection, so that the others are written but not answered.
        let pending = (0..<200).map { _ in
            Task { () -> Double in
                do { _ = try await pool.send(RedisCommand("BLPOP", "benchmark:none", "0")) } catch { return now() }
                return .infinity
            }
        }
        try await untilQueued(configuration)
        let killed = now()
        kill(server.processIdentifier, SIGKILL)
        var last = killed
        for task in pending { last = max(last, await task.value) }
        RedisBenchmark.report("kill-ms", (last - killed) * 1e3)
        server.waitUntilExit()

        // Long enough away for the delay between attempts to be at its greatest.
        let back = now() + 0.3
        while now() < back { _ = try? await pool.send(RedisCommand("PING")) }
        server = try start(socket, folder)
        async let usable = untilUsable(pool)
        let accepting = await untilAccepting(socket)
        RedisBenchmark.report("restart-ms", max(0, await usable - accepting) * 1e3)
        await pool.close()
        kill(server.processIdentifier, SIGKILL)
        server.waitUntilExit()
    }

    private static func start(_ socket: String, _ folder: String) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments =
            [
                "redis-server", "--port", "0", "--unixsocket", socket, "--save", "", "--appendonly", "no", "--dir",
                folder,
            ]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }

    /// The moment at which the socket accepts, asked for every 0.2 ms.
    @discardableResult
    private static func untilAccepting(_ socket: String) async -> Double {
        while true {
            let descriptor = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(socket.utf8)) }
            let status = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
            let moment = now()
            close(descriptor)
            if status == 0 { return moment }
            try? await Task.sleep(for: .microseconds(200))
        }
    }

    private static func untilUsable(_ pool: RedisPool) async -> Double {
        while (try? await pool.send(RedisCommand("PING"))) == nil {}
        return now()
    }

    /// Waits until the server has nearly everything of the 200 in the query buffer of the blocked client.
    private static func untilQueued(_ configuration: RedisConfiguration) async throws {
        let watcher = try await RedisConnection.connect(configuration)
        while true {
            let clients = try await watcher.send(RedisCommand("CLIENT", "LIST")).string ?? ""
            let line = clients.split(separator: "\n").first { $0.contains("cmd=blpop") }
            let size = line?.split(separator: " ").first { $0.hasPrefix("qbuf=") }.flatMap { Int($0.dropFirst(5)) } ?? 0
            if size >= 199 * 42 { break }
            try await Task.sleep(for: .milliseconds(1))
        }
        await watcher.close()
    }
}
