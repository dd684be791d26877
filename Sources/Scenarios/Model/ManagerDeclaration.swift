/// The one manager of each process: all of its instances send their commands through one pool, behind one circuit
/// breaker.
public struct ManagerDeclaration: Sendable, Hashable, Codable {
    /// The most connections of its pool, from 2 to 200; subscribers have connections of their own besides.
    public var connections: Int
    /// So many failures in a row open the breaker, at least 1.
    public var failures: Int
    /// For how long the breaker leaves the server alone at first. No time scale shortens it.
    public var rest: Duration
    /// For how long at most, as the rest doubles with each attempt that fails; at least ``rest``.
    public var longestRest: Duration

    public init(
        connections: Int = 200, failures: Int = 5, rest: Duration = .milliseconds(100),
        longestRest: Duration = .seconds(1)
    ) {
        self.connections = connections
        self.failures = failures
        self.rest = rest
        self.longestRest = longestRest
    }

    /// How many connections a pool may be allowed.
    public static let bounds = 2...200
}
