import Foundation
import Support

/// Forwards bytes between the sockets of instances and the server, on one thread, and can be told not to.
///
/// Each route is a Unix socket of its own that one instance connects to. Whether anything is closed when the other side is,
/// lost or delayed is decided for each route by itself.
package final class Forwarder: Sendable {
    private let commands = Lock<[@Sendable (inout ForwardingTable) -> Void]>([])
    /// A byte here wakes the thread.
    private let wakeUp: (reading: Int32, writing: Int32)
    private let connectToServer: @Sendable () -> Int32?

    /// - Parameter connect: opens another connection to the server; `nil` if it refuses.
    package init(connect: @escaping @Sendable () -> Int32?) throws {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else {
            throw WorldError(.hostUnusable, "no pipe could be made", advice: "Close some files")
        }
        wakeUp = (ends[0], ends[1])
        Socket.prepare(ends[0])
        Socket.prepare(ends[1])
        connectToServer = connect
        let thread = Thread { [self] in run() }
        thread.name = "forwarder"
        thread.start()
    }

    /// Listens on a path, for one instance.
    package func addRoute(_ name: String, listeningAt path: String) async throws {
        let listener = try Socket.listen(at: path)
        await perform { $0.routes[name] = ForwardingTable.Route(listener: listener) }
    }

    /// Listens on a port of this machine that is free, for a server.
    /// - Returns: the port.
    package func addRouteByPort(_ name: String) async throws -> UInt16 {
        let (listener, port) = try Socket.listenOnFreePort()
        await perform { $0.routes[name] = ForwardingTable.Route(listener: listener) }
        return port
    }

    /// What of a route stands still.
    package enum Stall: Sendable {
        case toServer, toInstance, both
    }

    /// - Parameter stall: what stands still from now on; `nil` for nothing.
    package func stall(_ name: String, _ stall: Stall?) async {
        await perform { $0.routes[name]?.stall = stall }
    }

    package func delay(_ name: String, by nanoseconds: Int64) async {
        await perform { $0.routes[name]?.delay = nanoseconds }
    }

    /// Closes the connections of a route; what is on its way is lost.
    package func disconnect(_ name: String) async { await perform { $0.routes[name]?.disconnect() } }

    package func removeRoute(_ name: String) async { await perform { $0.remove(name) } }

    /// What has come over a route of that name, also where it has been removed.
    package struct Traffic: Sendable, Equatable {
        /// How many connections were made.
        package var connections = 0
        /// Whether some may have been tried in vain.
        package var wasStalled = false
    }

    package func traffic(of name: String) async -> Traffic {
        let traffic = Lock(Traffic())
        await perform { table in traffic.withLock { $0 = table.traffic(of: name) } }
        return traffic.withLock { $0 }
    }

    /// Closes everything and ends the thread.
    package func stop() async { await perform { $0.isStopped = true } }

    /// Has something done on the thread, and returns when it is.
    private func perform(_ body: @escaping @Sendable (inout ForwardingTable) -> Void) async {
        await withCheckedContinuation { continuation in
            commands.withLock { commands in
                commands.append { table in
                    body(&table)
                    continuation.resume()
                }
            }
            var byte: UInt8 = 0
            _ = write(wakeUp.writing, &byte, 1)
        }
    }

    private func run() {
        var table = ForwardingTable()
        while !table.isStopped {
            table.wait(alsoFor: wakeUp.reading)
            var bytes = [UInt8](repeating: 0, count: 64)
            _ = read(wakeUp.reading, &bytes, bytes.count)
            let due = commands.withLock { commands in
                defer { commands = [] }
                return commands
            }
            for command in due { command(&table) }
            table.forward(connect: connectToServer)
        }
        for route in table.routes.values { route.close() }
        close(wakeUp.reading)
        close(wakeUp.writing)
    }
}
