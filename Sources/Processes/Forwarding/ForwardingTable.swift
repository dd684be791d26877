import Foundation
import Support

/// What a forwarder has open: for each route its listening socket and its connections, each with what is on its way.
struct ForwardingTable {
    /// One direction of a connection.
    struct Stream {
        let source: Int32
        let target: Int32
        var chunks: [(due: Int64, bytes: ArraySlice<UInt8>)] = []

        /// Enough; what comes beyond it stays with who sends it.
        static let mostChunks = 64

        /// Takes what has come.
        /// - Returns: `false` when the other side has closed.
        mutating func take(delayedBy delay: Int64) -> Bool {
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while chunks.count < Self.mostChunks {
                let count = recv(source, &buffer, buffer.count, 0)
                if count > 0 {
                    chunks.append((MonotonicClock.now() + delay, buffer[0..<count]))
                } else {
                    return count < 0 && (errno == EAGAIN || errno == EINTR)
                }
            }
            return true
        }

        /// Passes on what is due.
        /// - Returns: `false` when the other side has closed.
        mutating func give() -> Bool {
            while let chunk = chunks.first, chunk.due <= MonotonicClock.now() {
                let count = chunk.bytes.withUnsafeBytes { send(target, $0.baseAddress, $0.count, Socket.sendFlags) }
                if count < 0 { return errno == EAGAIN || errno == EINTR }
                if count == chunk.bytes.count {
                    chunks.removeFirst()
                } else {
                    chunks[0].bytes = chunk.bytes.dropFirst(count)
                }
            }
            return true
        }
    }

    struct Connection {
        var toServer: Stream
        var toInstance: Stream

        init(instance: Int32, server: Int32) {
            toServer = Stream(source: instance, target: server)
            toInstance = Stream(source: server, target: instance)
        }

        /// - Returns: `false` when one side has closed.
        mutating func forward(delayedBy delay: Int64, but stall: Forwarder.Stall?) -> Bool {
            let passesToServer = stall != .toServer && stall != .both
            let passesToInstance = stall != .toInstance && stall != .both
            return (!passesToServer || toServer.take(delayedBy: delay) && toServer.give())
                && (!passesToInstance || toInstance.take(delayedBy: delay) && toInstance.give())
        }

        /// The directions in which something passes.
        func passing(but stall: Forwarder.Stall?) -> [Stream] {
            switch stall {
            case nil: [toServer, toInstance]
            case .toServer: [toInstance]
            case .toInstance: [toServer]
            case .both: []
            }
        }

        func close() {
            Foundation.close(toServer.source)
            Foundation.close(toServer.target)
        }
    }

    struct Route {
        let listener: Int32
        var connections: [Connection] = []
        var stall: Forwarder.Stall? {
            didSet { if stall != nil { traffic.wasStalled = true } }
        }
        private(set) var traffic = Forwarder.Traffic()
        /// Nanoseconds, in each direction.
        var delay: Int64 = 0

        init(listener: Int32) { self.listener = listener }

        mutating func disconnect() {
            for connection in connections { connection.close() }
            connections = []
        }

        mutating func forward(connect: () -> Int32?) {
            guard stall != .both else { return }
            while case let instance = accept(listener, nil, nil), instance >= 0 {
                Socket.prepare(instance)
                traffic.connections += 1
                if let server = connect() {
                    connections.append(Connection(instance: instance, server: server))
                } else {
                    Foundation.close(instance)
                }
            }
            for index in connections.indices.reversed()
            where !connections[index].forward(delayedBy: delay, but: stall) {
                connections.remove(at: index).close()
            }
        }

        func close() {
            for connection in connections { connection.close() }
            Foundation.close(listener)
        }
    }

    var routes: [String: Route] = [:]
    /// Of routes that are gone.
    private var formerTraffic: [String: Forwarder.Traffic] = [:]
    var isStopped = false

    func traffic(of name: String) -> Forwarder.Traffic {
        routes[name]?.traffic ?? formerTraffic[name] ?? Forwarder.Traffic()
    }

    mutating func remove(_ name: String) {
        guard let route = routes.removeValue(forKey: name) else { return }
        formerTraffic[name] = route.traffic
        route.close()
    }

    mutating func forward(connect: () -> Int32?) {
        for name in routes.keys { routes[name]?.forward(connect: connect) }
    }

    /// Returns when a socket has something, or something that was delayed is due.
    func wait(alsoFor wakeUp: Int32) {
        var sockets = [pollfd(fd: wakeUp, events: Int16(POLLIN), revents: 0)]
        var nextDue = Int64.max
        for route in routes.values where route.stall != .both {
            sockets.append(pollfd(fd: route.listener, events: Int16(POLLIN), revents: 0))
            for connection in route.connections {
                for stream in connection.passing(but: route.stall) {
                    if stream.chunks.count < Stream.mostChunks {
                        sockets.append(pollfd(fd: stream.source, events: Int16(POLLIN), revents: 0))
                    }
                    guard let due = stream.chunks.first?.due else { continue }
                    if due <= MonotonicClock.now() {
                        sockets.append(pollfd(fd: stream.target, events: Int16(POLLOUT), revents: 0))
                    } else {
                        nextDue = min(nextDue, due)
                    }
                }
            }
        }
        // Rounded up: a millisecond too late is a delay, one too early a busy loop.
        let limit = nextDue == .max ? -1 : Int32(clamping: (nextDue - MonotonicClock.now()) / 1_000_000 + 1)
        poll(&sockets, nfds_t(sockets.count), nextDue == .max ? -1 : max(0, limit))
    }
}
