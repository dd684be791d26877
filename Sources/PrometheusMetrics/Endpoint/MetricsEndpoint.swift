/// Serves the page of a registry under `/metrics` for a Prometheus server.
///
/// The endpoint has no encryption and no password. Use it on the loopback interface, or in a network in which every
/// host may read the metrics. It answers `GET /metrics`, one request for each connection, and nothing else.
/// ``EndpointLimits`` bounds the costs of clients.
public final class MetricsEndpoint: Sendable {
    /// The address at which it listens, with the actual port.
    public let address: ListeningAddress
    private let server: PageServer

    private init(address: ListeningAddress, server: PageServer) {
        self.address = address
        self.server = server
    }

    /// Starts to listen. Returns once the endpoint accepts connections.
    ///
    /// - Parameters:
    ///   - registry: the registry whose page the endpoint serves.
    ///   - address: the address at which it listens.
    ///   - limits: the limits for clients.
    /// - Throws: ``MetricsEndpointError`` if the endpoint cannot listen there, for example because the port is in
    ///   use.
    public static func start(
        _ registry: PrometheusRegistry, at address: ListeningAddress, limits: EndpointLimits = EndpointLimits()
    ) async throws(MetricsEndpointError) -> MetricsEndpoint {
        try start(at: address, limits: limits) { registry.page() }
    }

    /// - Parameter page: the server calls it on its thread for each request.
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

    /// Stops to listen and closes all connections. Returns when the port is free. No client can delay this.
    public func close() async { await server.stop() }
}

/// The error of an endpoint that cannot listen at an address.
public struct MetricsEndpointError: Error, CustomStringConvertible {
    /// The address.
    public let address: ListeningAddress
    /// The system call that failed, and its error.
    public let reason: String

    /// The address and the reason, in one line.
    public var description: String { "cannot serve metrics at \(address): \(reason)" }
}

/// The limits of a ``MetricsEndpoint`` for one client, and for all clients together.
public struct EndpointLimits: Sendable {
    /// The maximum number of open connections. At least 1, 64 by default.
    ///
    /// A further connection closes the oldest one, so idle clients do not keep others out.
    public var connections = 64
    /// The maximum size of a request line with all header fields, in bytes. At least 1, 8,192 by default.
    ///
    /// The endpoint answers a larger request with status 431.
    public var requestBytes = 8192
    /// The time in which a client must send its request. At most an hour, 5 seconds by default.
    ///
    /// The endpoint answers a slower client with status 408.
    public var requestTime: Duration = .seconds(5)
    /// The time in which a client must receive the answer. At most an hour, 10 seconds by default.
    ///
    /// The endpoint closes the connection of a slower client.
    public var answerTime: Duration = .seconds(10)

    /// Creates limits with the default values.
    public init() {}

    /// The limits, with each value moved into its valid range.
    var bounded: EndpointLimits {
        var bounded = self
        bounded.connections = max(1, connections)
        bounded.requestBytes = max(1, requestBytes)
        bounded.requestTime = min(requestTime, .seconds(3600))
        bounded.answerTime = min(answerTime, .seconds(3600))
        return bounded
    }
}
