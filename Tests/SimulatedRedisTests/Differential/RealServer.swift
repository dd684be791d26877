import Foundation
import RedisClient

/// A private redis-server whose wall clock the test sets.
///
/// It removes no expired key in the background, but only when a command reads the key. Otherwise a comparison would
/// depend on the server's timing.
final class RealServer {
    private let folder: URL
    private let process = Process()
    private let clock: UnsafeMutablePointer<Int64>

    /// The start time of every comparison in milliseconds since the beginning of 1970.
    static let epoch: Int64 = 1_700_000_000_000

    private init() throws {
        folder = URL(fileURLWithPath: "/tmp").appendingPathComponent("simulated-redis-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let library = folder.appendingPathComponent("servertime.so").path
        let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("ServerTime.c")
        // The toolchain includes clang. A compiler of the system works as well.
        let options = ["-shared", "-fPIC", "-O1", "-o", library, source.path]
        do {
            try Self.run(["clang"] + options)
        } catch {
            try Self.run(["cc"] + options)
        }
        let clockFile = folder.appendingPathComponent("time").path
        let descriptor = open(clockFile, O_RDWR | O_CREAT, 0o600)
        guard descriptor >= 0, ftruncate(descriptor, 8) == 0,
            let memory = mmap(nil, 8, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0), memory != MAP_FAILED
        else { throw Unusable(reason: "no clock could be made in \(folder.path)") }
        close(descriptor)
        clock = memory.bindMemory(to: Int64.self, capacity: 1)
        clock.pointee = Self.epoch * 1000
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "LD_PRELOAD=\(library)", "SERVER_TIME_FILE=\(clockFile)", "redis-server", "--port", "0", "--unixsocket",
            socket, "--save", "", "--appendonly", "no", "--dir", folder.path, "--loglevel", "warning",
            "--enable-debug-command", "yes",
        ]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        let admin = try connectPatiently()
        guard try admin.send(["DEBUG", "SET-ACTIVE-EXPIRE", "0"]) == .status("OK") else {
            throw Unusable(reason: "DEBUG SET-ACTIVE-EXPIRE was refused")
        }
    }

    var socket: String { folder.appendingPathComponent("socket").path }

    /// Runs the comparison with a server and a thread of its own. Both block, and other tests need the threads of the
    /// pool.
    static func use<Result: Sendable>(_ body: @escaping @Sendable (RealServer) throws -> Result) async throws -> Result
    {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(
                    with: Swift.Result {
                        let server = try RealServer()
                        defer { server.stop() }
                        return try body(server)
                    })
            }
        }
    }

    /// The server's identifier of its process.
    func runIdentifier() throws -> String {
        let lines = try RawConnection(socket: socket).send(["INFO", "server"]).string ?? ""
        guard let line = lines.split(whereSeparator: \.isNewline).first(where: { $0.hasPrefix("run_id:") }) else {
            throw Unusable(reason: "the server does not tell its process")
        }
        return String(line.dropFirst("run_id:".count))
    }

    /// Microseconds since the beginning of 1970.
    func setTime(_ microseconds: Int64) { clock.pointee = microseconds }

    func stop() {
        // SIGTERM does not work: a process started from a thread of the pool inherits that the signal is blocked.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        munmap(clock, 8)
        try? FileManager.default.removeItem(at: folder)
    }

    /// A new server does not listen at once.
    private func connectPatiently() throws -> RawConnection {
        let deadline = ContinuousClock.now + .seconds(20)
        while process.isRunning, ContinuousClock.now < deadline {
            if let connection = try? RawConnection(socket: socket), (try? connection.send(["PING"])) != nil {
                return connection
            }
            usleep(1000)
        }
        throw Unusable(reason: "redis-server did not start")
    }

    private static func run(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Unusable(reason: "failed: \(arguments.joined(separator: " "))")
        }
    }
}

struct Unusable: Error, CustomStringConvertible {
    var reason: String
    var description: String { reason }
}
