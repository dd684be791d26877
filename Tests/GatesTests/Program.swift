import Foundation
import TestSupport

/// A program that runs as a child of the test. It ends with this object at the latest.
final class Program {
    let process = Process()
    let input = Pipe()
    let output = Pipe()
    private var unread: [UInt8] = []

    init(_ program: String, _ arguments: [String], environment: [String: String] = [:], folder: URL? = nil) throws {
        guard let path = program.hasPrefix("/") ? program : Programs.path(of: program) else {
            throw NeverHappened(description: "\(program) is not on this machine")
        }
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        if let folder { process.currentDirectoryURL = folder }
        process.standardInput = input
        process.standardOutput = output
        // A thread of the pool has signals blocked, and a child would have them blocked too.
        var (none, before) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        try process.run()
    }

    convenience init(python code: String, environment: [String: String] = [:]) throws {
        // The one of the system: a shim would be a shell that starts another.
        try self.init("/usr/bin/python3", ["-u", "-c", code], environment: environment)
    }

    deinit { kill() }

    var id: pid_t { process.processIdentifier }

    func kill() {
        guard process.isRunning else { return }
        Foundation.kill(id, SIGKILL)
        process.waitUntilExit()
    }

    func say(_ line: String) { input.fileHandleForWriting.write(Data("\(line)\n".utf8)) }

    /// The next line of its output; `nil` when there is no more, or none has come for a minute.
    func line(patience: Int32 = 60_000) -> String? {
        let descriptor = output.fileHandleForReading.fileDescriptor
        while true {
            if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
                defer { unread.removeFirst(end + 1) }
                return String(decoding: unread[..<end], as: UTF8.self)
            }
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&waiting, 1, patience) > 0 else { return nil }
            var buffer = [UInt8](repeating: 0, count: 4096)
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 else { return nil }
            unread += buffer[..<count]
        }
    }
}
