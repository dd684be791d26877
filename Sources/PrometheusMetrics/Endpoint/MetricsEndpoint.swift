/// Serves a registry's page under `/metrics`, for a Prometheus server to read.
///
/// Without encryption and without a password: for loopback, or a network whose every host may read the figures. It
/// answers `GET /metrics`, one request a connection, and nothing else. ``EndpointLimits`` bounds what clients cost.
public final class MetricsEndpoint: Sendable {
    /// Where it listens, the port that was chosen included.
    public let address: ListeningAddress
    private let server: PageServer

    private init(address: ListeningAddress, server: PageServer) {
        self.address = address
        self.server = server
    }

    /// Begins to listen, and returns when it does.
    /// - Throws: ``MetricsEndpointError`` if that is impossible: the port is taken, the address is of another machine.
    public static func start(
        _ registry: PrometheusRegistry, at address: ListeningAddress, limits: EndpointLimits = EndpointLimits()
    ) async throws(MetricsEndpointError) -> MetricsEndpoint {
        try start(at: address, limits: limits) { registry.page() }
    }

    /// - Parameter page: called on the thread of the server, for each request.
    static func start(
        at address: ListeningAddress, limits: EndpointLimits, page: @escaping @Sendable () -> String
    ) throws(MetricsEndpointError) -> MetricsEndpoint {
        do {
            let server = try PageServer(at: address, limits: limits.bounded, page: page)
            var actual = address
            actual.port = server.port
            return MetricsEndpoint(address: actual, server: server)
        } catch {
            throw MetricsEndpointError(address: address, reason: error.description)
        }
    }

    var openConnections: Int { server.openConnections }

    /// Stops listening and closes all connections. Returns when the port is free, soon and whatever clients do.
    public func close() async { await server.stop() }
}

/// It cannot be listened there.
public struct MetricsEndpointError: Error, CustomStringConvertible {
    public let address: ListeningAddress
    public let reason: String

    public var description: String { "cannot serve metrics at \(address): \(reason)" }
}
