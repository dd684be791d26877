import Foundation
import RedisClient
import TestSupport

/// A private redis-server in a folder of its own, without persistence, on a Unix socket and a TCP port of 127.0.0.1.
///
/// `stop` ends the process and removes the folder. The helper ``withServer`` always calls it.
final class TestServer: @unchecked Sendable {
    // @unchecked Sendable: only one task of a test changes it at a time.
    let folder: URL
    let port: Int
    let password: String?
    private var process: Process?

    init(password: String? = nil) throws {
        folder = URL(fileURLWithPath: "/tmp").appendingPathComponent("redis-test-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        port = try Self.freePort()
        self.password = password
    }

    /// A free TCP port of 127.0.0.1, below the ports of outgoing connections. One of those could otherwise occupy it
    /// before the server starts.
    private static func freePort() throws -> Int {
        for _ in 0..<1000 {
            let port = UInt16.random(in: 10_000..<32_000)
            let descriptor = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(descriptor) }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
            let status = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            if status == 0 { return Int(port) }
        }
        throw NeverHappened(description: "no free port was found")
    }

    var socket: String { folder.appendingPathComponent("socket").path }

    /// A configuration for the Unix socket. A test can change it.
    var configuration: RedisConfiguration { configuration(for: .unixSocket(path: socket)) }

    var tcp: RedisConfiguration { configuration(for: .tcp(host: "127.0.0.1", port: port)) }

    /// The time limits end only a test that hangs. A machine that stands still for seconds does not reach them.
    ///
    /// A test of a time limit sets that limit itself.
    private func configuration(for endpoint: RedisEndpoint) -> RedisConfiguration {
        RedisConfiguration(
            endpoint: endpoint, password: password, connectTimeout: .seconds(120), commandTimeout: .seconds(120),
            poolTimeout: .seconds(120), heartbeatInterval: nil)
    }

    /// Starts the server and waits until it answers.
    func start() async throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments =
            [
                "redis-server", "--port", "\(port)", "--bind", "127.0.0.1", "--unixsocket", socket, "--save", "",
                "--appendonly", "no", "--dir", folder.path, "--loglevel", "warning",
            ] + (password.map { ["--requirepass", $0] } ?? [])
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        self.process = process
        let configuration = configuration
        try await eventually("the server answers") {
            guard let connection = try? await RedisConnection.connect(configuration) else { return false }
            await connection.close()
            return true
        }
    }

    func signal(_ number: Int32) {
        if let process, process.isRunning { kill(process.processIdentifier, number) }
    }

    /// Kills the process without warning and waits for its end.
    func killAtOnce() {
        signal(SIGKILL)
        process?.waitUntilExit()
        process = nil
    }

    func stop() {
        killAtOnce()
        try? FileManager.default.removeItem(at: folder)
    }
}

/// Runs a test with its own server.
func withServer(password: String? = nil, _ body: (TestServer) async throws -> Void) async throws {
    let server = try TestServer(password: password)
    defer { server.stop() }
    try await server.start()
    try await body(server)
}

/// Returns the error that `body` throws. It must be an error of the client.
func redisError(_ body: () async throws -> Void) async throws -> RedisError {
    do {
        try await body()
    } catch let error as RedisError {
        return error
    }
    throw NeverHappened(description: "no error was thrown")
}

/// A list that callbacks append to.
final class Collected<Element: Sendable>: @unchecked Sendable {
    // @unchecked Sendable: the lock protects all state.
    private let lock = NSLock()
    private var elements: [Element] = []

    func append(contentsOf new: [Element]) { lock.withLock { elements.append(contentsOf: new) } }
    func append(_ new: Element) { append(contentsOf: [new]) }
    func removeAll() { lock.withLock { elements = [] } }
    var all: [Element] { lock.withLock { elements } }
    var count: Int { all.count }
}

extension RedisConnection {
    /// The lines of `CLIENT LIST`, one for each client.
    func clients() async throws -> [Substring] {
        try await send(RedisCommand("CLIENT", "LIST")).string!.split(separator: "\n")
    }
}
