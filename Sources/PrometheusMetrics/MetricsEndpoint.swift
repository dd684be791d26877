import FlyingFox
import FlyingSocks
import Foundation

/// Serves a registry's page under `/metrics`, for a Prometheus server to read.
///
/// Without encryption and without a password: for loopback, or a network whose every host may read the figures.
public final class MetricsEndpoint: Sendable {
    /// Where it listens, the port that was chosen included.
    public let address: ListeningAddress
    private let server: HTTPServer
    private let serving: Task<Void, Never>

    private init(address: ListeningAddress, server: HTTPServer, serving: Task<Void, Never>) {
        self.address = address
        self.server = server
        self.serving = serving
    }

    /// Begins to listen, and returns when it does.
    /// - Throws: ``MetricsEndpointError`` if that is impossible: the port is taken, the address is of another machine.
    public static func start(
        _ registry: PrometheusRegistry, at address: ListeningAddress
    ) async throws(MetricsEndpointError) -> MetricsEndpoint {
        let server: HTTPServer
        do {
            server = HTTPServer(address: try address.socketAddress(), logger: .disabled)
        } catch {
            throw MetricsEndpointError(address: address, reason: "\(error)")
        }
        await server.appendRoute("GET /metrics") { _ in
            HTTPResponse(
                statusCode: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                body: Data(registry.page().utf8))
        }
        // Whichever comes first: it listens, or it has failed.
        let (beginnings, beginning) = AsyncStream.makeStream(of: Result<Void, any Error>.self)
        let serving = Task {
            do { try await server.run() } catch { beginning.yield(.failure(error)) }
            beginning.finish()
        }
        let listening = Task {
            do {
                try await server.waitUntilListening()
                beginning.yield(.success(()))
            } catch {
                beginning.yield(.failure(error))
            }
        }
        let first = await beginnings.first { _ in true }
        listening.cancel()
        guard case .success = first else {
            serving.cancel()
            let reason = if case .failure(let error) = first { "\(error)" } else { "it was stopped" }
            throw MetricsEndpointError(address: address, reason: reason)
        }
        var actual = address
        if case .ip4(_, let port)? = await server.listeningAddress { actual.port = port }
        if case .ip6(_, let port)? = await server.listeningAddress { actual.port = port }
        return MetricsEndpoint(address: actual, server: server, serving: serving)
    }

    /// Stops listening. Returns when the port is free.
    public func close() async {
        await server.stop(timeout: 0)
        serving.cancel()
        await serving.value
    }
}

/// It cannot be listened there.
public struct MetricsEndpointError: Error, CustomStringConvertible {
    public let address: ListeningAddress
    public let reason: String

    public var description: String { "cannot serve metrics at \(address): \(reason)" }
}
