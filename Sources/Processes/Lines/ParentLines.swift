import Foundation

/// What a ``LineProcess`` says to its parent and hears of it.
package enum ParentLines {
    /// The first line.
    /// - Throws: `DecodingError` if it is not what the parent writes.
    package static func settings<Settings: Decodable>(_ type: Settings.Type) throws -> Settings {
        // Whoever reads standard output may be gone first.
        signal(SIGPIPE, SIG_IGN)
        // A file that may grow no further is an error of the write, and not the end of the process.
        signal(SIGXFSZ, SIG_IGN)
        return try JSONDecoder().decode(type, from: Data((readLine() ?? "").utf8))
    }

    /// The lines after it, read on a thread of their own. When there are no more, the process ends at once: nothing is
    /// worth finishing when nobody listens, and whatever hangs must not keep it.
    package static func orders<Order: Decodable & Sendable>(_ type: Order.Type) -> AsyncStream<Order> {
        let (orders, continuation) = AsyncStream.makeStream(of: Order.self)
        let thread = Thread {
            while let line = readLine() {
                if let order = try? JSONDecoder().decode(Order.self, from: Data(line.utf8)) {
                    continuation.yield(order)
                }
            }
            // Without running what is registered for the end: other threads still use it.
            _exit(0)
        }
        thread.start()
        return orders
    }

    package static func say(_ message: some Encodable) {
        guard let line = try? JSONEncoder().encode(message) else { return }
        try? FileHandle.standardOutput.write(contentsOf: line + Data("\n".utf8))
    }
}
