import Foundation
import Gates
import TestSupport

/// A private redis-server on a Unix socket, for one test.
final class GatedServer {
    let folder: URL
    let program: Program
    var path: String { folder.appending(path: "s").path }

    init(environment: [String: String] = [:], settings: [String] = []) throws {
        folder = URL(filePath: "/tmp/gates-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        program = try Program(
            "redis-server",
            ["--port", "0", "--unixsocket", folder.appending(path: "s").path, "--save", "", "--dir", folder.path]
                + settings,
            environment: environment)
    }

    deinit {
        program.kill()
        try? FileManager.default.removeItem(at: folder)
    }

    /// Waits until it listens.
    func relay() async throws -> RedisRelay {
        var relay: RedisRelay?
        try await eventually("redis-server listens") {
            guard program.process.isRunning else { throw NeverHappened(description: "redis-server has ended") }
            relay = RedisRelay(path: path)
            return relay != nil
        }
        guard let relay else { throw NeverHappened(description: "no connection") }
        return relay
    }
}

/// A connection to a server through a `RedisConversation`, on which commands are passed on at once.
final class RedisRelay {
    private let socket: Int32
    private(set) var conversation = RedisConversation()
    /// All bytes of the server, and all that the conversation gave of them.
    private(set) var heard: [UInt8] = []
    private(set) var given: [UInt8] = []

    init?(path: String) {
        socket = Foundation.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard status == 0 else { return nil }
    }

    deinit { close(socket) }

    @discardableResult
    func send(_ commands: [String]...) throws -> [RedisRequest] {
        try pass(try conversation.receive(fromClient: commands.flatMap(\.asCommand)))
    }

    func passTransaction() throws { try pass([conversation.passTransaction()].compactMap { $0 }) }

    @discardableResult
    private func pass(_ messages: [ConversationMessage]) throws -> [RedisRequest] {
        try messages.compactMap { message in
            guard case .command(let request, let raw) = message else { return nil }
            guard Foundation.send(socket, raw, raw.count, 0) == raw.count else {
                throw NeverHappened(description: "the server does not take a command")
            }
            return request
        }
    }

    /// The next messages of the server, in short; waits for so many.
    func messages(_ count: Int) throws -> [String] {
        var messages: [String] = []
        var buffer = [UInt8](repeating: 0, count: 7)
        while messages.count < count {
            var waiting = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
            guard poll(&waiting, 1, 60_000) > 0, case let count = recv(socket, &buffer, buffer.count, 0), count > 0
            else { throw NeverHappened(description: "the server said only \(messages)") }
            heard += buffer[..<count]
            for message in try conversation.receive(fromServer: buffer[..<count]) {
                switch message {
                case .reply(let request, let raw, let isError):
                    given += raw
                    messages.append("\(request.label())\(isError ? " error" : "")")
                case .push(_, _, let raw):
                    given += raw
                    messages.append("push \(message.label())")
                case .command: break
                }
            }
        }
        return messages
    }

    /// Sends commands, and waits for as many messages.
    func exchange(_ commands: [String]...) throws -> [String] {
        for command in commands { try send(command) }
        return try messages(commands.count)
    }
}
