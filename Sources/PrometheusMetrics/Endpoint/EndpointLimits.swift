/// What one client, and all clients together, may cost a ``MetricsEndpoint``.
public struct EndpointLimits: Sendable {
    /// How many connections are served at once. One more closes the oldest, so that clients that stay connected and ask
    /// for nothing keep nobody out. At least 1.
    public var connections = 64
    /// The size of a request line with all its header fields, in bytes. A larger one is answered with 431. At least 1.
    public var requestBytes = 8192
    /// How long a client may take to send its request. A slower one is answered with 408. At most an hour.
    public var requestTime: Duration = .seconds(5)
    /// How long a client may take to receive the answer. The connection of a slower one is closed. At most an hour.
    public var answerTime: Duration = .seconds(10)

    public init() {}

    /// With what makes no sense replaced by the nearest that does.
    var bounded: EndpointLimits {
        var bounded = self
        bounded.connections = max(1, connections)
        bounded.requestBytes = max(1, requestBytes)
        bounded.requestTime = min(requestTime, .seconds(3600))
        bounded.answerTime = min(answerTime, .seconds(3600))
        return bounded
    }
}
