import Foundation
import Support

/// The server of the page. Its thread waits for all sockets at once, and never for a single one.
///
/// Why this is not an HTTP library: FlyingFox, which served the page before, bounds neither the size and time of a
/// request nor the number of connections, and its parser needs a socket. A bounded proxy before it would accept,
/// read, time out and close every connection as this server does, and would pass one constant request to a second
/// listener. The library would then save only the few lines of `PageAnswer`.
///
/// The server has its own thread, because other tasks can keep all threads of the process's pool busy, and a client
/// of the page must not occupy one of them.
final class PageServer: Sendable {
    private struct Client {
        let descriptor: Int32
        var connection: PageConnection
    }

    private struct State {
        /// The server closes this descriptor to stop the thread.
        var stop: Int32?
        var isStopped = false
        var openConnections = 0
    }

    /// The time without accepting connections after the process had no descriptor or memory for one.
    private static let pause = Duration.milliseconds(100)

    let port: UInt16
    private let limits: EndpointLimits
    private let page: @Sendable () -> String
    private let state: Lock<State>
    private let stopped = WaitQueue<Void>()

    /// Starts to listen, and starts the thread.
    init(
        at address: ListeningAddress, limits: EndpointLimits, page: @escaping @Sendable () -> String
    ) throws(Sockets.Failure) {
        self.limits = limits
        self.page = page
        let listener = try Sockets.listen(at: address)
        let stopping: (read: Int32, write: Int32)
        do {
            port = try Sockets.port(of: listener)
            stopping = try Sockets.pipe()
        } catch {
            Sockets.close(listener)
            throw error
        }
        state = Lock(State(stop: stopping.write))
        let thread = Thread { [self] in
            serve(on: listener, until: stopping.read)
            Sockets.close(listener)
            Sockets.close(stopping.read)
            state.withLock { $0.isStopped = true }
            stopped.wake()
        }
        thread.name = "metrics page"
        thread.start()
    }

    /// Closes the listening socket and all connections. Returns when this is done, also in a cancelled task: the
    /// thread does not wait for clients.
    func stop() async {
        if let stop = state.withLock({ $0.stop.take() }) { Sockets.close(stop) }
        await stopped.wait(endsWithTask: false) { state.withLock { !$0.isStopped } }
    }

    /// The number of open connections when the thread last updated it.
    var openConnections: Int { state.withLock { $0.openConnections } }

    // MARK: The thread

    private func serve(on listener: Int32, until stopping: Int32) {
        /// The oldest connection is the first.
        var clients: [Client] = []
        var acceptsAgain = ContinuousClock.now
        var buffer = [UInt8](repeating: 0, count: 4096)
        defer { for client in clients { Sockets.close(client.descriptor) } }
        while true {
            state.withLock { $0.openConnections = clients.count }
            let start = ContinuousClock.now
            let accepts = start >= acceptsAgain
            var polled = [
                pollfd(fd: stopping, events: Int16(POLLIN), revents: 0),
                // `poll` ignores a negative descriptor.
                pollfd(fd: accepts ? listener : -1, events: Int16(POLLIN), revents: 0),
            ]
            for client in clients {
                let event = client.connection.action == .send ? POLLOUT : POLLIN
                polled.append(pollfd(fd: client.descriptor, events: Int16(event), revents: 0))
            }
            let next = (clients.map(\.connection.deadline) + (accepts ? [] : [acceptsAgain])).min()
            // `poll` fails on a signal and on lack of memory. The loop then handles no descriptor and polls again.
            if poll(&polled, nfds_t(polled.count), next.map { Self.milliseconds(from: start, to: $0) } ?? -1) < 0 {
                if errno != EINTR { Thread.sleep(forTimeInterval: 0.01) }
                for index in polled.indices { polled[index].revents = 0 }
            }
            if polled[0].revents != 0 { return }
            let now = ContinuousClock.now
            for index in clients.indices {
                advance(&clients[index], isReady: polled[index + 2].revents != 0, at: now, &buffer)
                if clients[index].connection.action == .close { Sockets.close(clients[index].descriptor) }
            }
            clients.removeAll { $0.connection.action == .close }
            if polled[1].revents != 0, !accept(on: listener, &clients, at: now, &buffer) {
                acceptsAgain = now + Self.pause
            }
        }
    }

    private func advance(
        _ client: inout Client, isReady: Bool, at now: ContinuousClock.Instant, _ buffer: inout [UInt8]
    ) {
        if isReady, client.connection.action == .receive {
            switch buffer.withUnsafeMutableBytes({ Sockets.receive(from: client.descriptor, into: $0) }) {
            case .bytes(let count): client.connection.received(buffer[..<count], at: now, answer: answer)
            case .nothingYet: break
            case .ended: client.connection.ended()
            }
        }
        // Usually the socket takes the complete answer at once.
        if client.connection.action == .send {
            if let count = Sockets.send(client.connection.unsent, to: client.descriptor) {
                if client.connection.sent(count, at: now) { Sockets.endSending(on: client.descriptor) }
            } else {
                client.connection.ended()
            }
        }
        client.connection.timePassed(until: now, answer: answer)
    }

    /// - Returns: `false` if the process has no descriptor or memory left, so that another attempt must wait.
    private func accept(
        on listener: Int32, _ clients: inout [Client], at now: ContinuousClock.Instant, _ buffer: inout [UInt8]
    ) -> Bool {
        for _ in 0..<limits.connections {
            switch Sockets.accept(on: listener) {
            case .connection(let descriptor):
                if clients.count >= limits.connections { Sockets.close(clients.removeFirst().descriptor) }
                var client = Client(descriptor: descriptor, connection: PageConnection(limits: limits, now: now))
                // The server reads each request before it accepts the next connection, which could close this one.
                advance(&client, isReady: true, at: now, &buffer)
                clients.append(client)
            case .lost: continue
            case .nothingYet: return true
            case .exhausted:
                if !clients.isEmpty { Sockets.close(clients.removeFirst().descriptor) }
                return false
            }
        }
        return true
    }

    private func answer(to outcome: RequestHead.Outcome) -> PageAnswer { PageAnswer(to: outcome, page: page) }

    /// The time in milliseconds, rounded up so that the moment has passed afterwards. At most one minute.
    static func milliseconds(from start: ContinuousClock.Instant, to end: ContinuousClock.Instant) -> Int32 {
        let parts = min(max(end - start, .zero), .seconds(60)).components
        return Int32(parts.seconds) * 1000 + Int32((parts.attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
