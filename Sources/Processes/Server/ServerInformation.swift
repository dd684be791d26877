import Foundation
import RedisClient

/// What a Redis server answers to `INFO`: a name and a value on each line.
package struct ServerInformation {
    package let text: String

    package init(text: String) { self.text = text }

    /// The value of that name; `nil` if the server does not tell it.
    package func value(_ name: String) -> Substring? {
        let line = text.split(whereSeparator: \.isNewline).first { $0.hasPrefix("\(name):") }
        return line.map { $0.dropFirst(name.count + 1) }
    }

    /// The value of that name as a number; `nil` if the server does not tell it.
    package func number(_ name: String) -> Int64? { value(name).flatMap { Int64($0) } }
}

/// Which server it is that answers, and since which of its starts.
package struct ServerIdentity: Sendable, Hashable, CustomStringConvertible {
    /// New with each start of a server; `nil` if it does not tell.
    package let run: String?
    /// `nil` if it does not tell.
    package let process: Int64?

    package init(run: String?, process: Int64?) {
        self.run = run
        self.process = process
    }

    package init(_ information: ServerInformation) {
        // As long as any server makes it.
        run = information.value("run_id").map { String($0.prefix(64)) }
        process = information.number("process_id")
    }

    /// Asks a server.
    package init(of pool: RedisPool) async throws {
        self.init(ServerInformation(text: try await pool.send(RedisCommand("INFO", "server")).string ?? ""))
    }

    /// Whether it may be the same server, not started again, as far as both tell.
    package func isCompatible(with other: ServerIdentity) -> Bool {
        (run == nil || other.run == nil || run == other.run)
            && (process == nil || other.process == nil || process == other.process)
    }

    package var description: String { "process \(process.map { "\($0)" } ?? "unknown"), run \(run ?? "unknown")" }
}

extension RedisServer {
    /// Why it is not the server that was started for this run that answers, as a sentence; `nil` if it may be. Of a
    /// server that was given nothing is known.
    /// - Parameter patience: for who writes down the number of a server that was just started, and may be late.
    package func mismatch(of identity: ServerIdentity, within patience: Duration = .seconds(10)) async -> String? {
        guard isPrivate, let process = identity.process else { return nil }
        let deadline = ContinuousClock.now + patience
        while true {
            if caretaker.server.map(Int64.init) == process { return nil }
            if ContinuousClock.now >= deadline || Task.isCancelled { break }
            try? await Task.sleep(for: .milliseconds(5))
        }
        let started = caretaker.server.map { "process \($0)" } ?? "no process"
        return "the Redis that answered is not the one that was started for this run: it is process \(process), and "
            + "\(started) was started"
    }
}
