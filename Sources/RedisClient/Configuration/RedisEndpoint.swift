/// Where a server listens.
public enum RedisEndpoint: Sendable, Hashable {
    /// A Unix-domain socket. The path is limited by the operating system to about 100 bytes.
    case unixSocket(path: String)
    /// A TCP host, by name or numeric address (IPv6 without brackets), and port.
    case tcp(host: String, port: Int)

    /// The port that Redis listens on unless told otherwise.
    public static let defaultPort = 6379

    /// The endpoint in a URL, whose credentials and database are ignored.
    /// - Parameter url: `redis://[user:password@]host[:port][/database]` or `unix:///path[?db=number]`.
    /// - Throws: ``RedisError`` with ``RedisError/Code/invalidURL`` saying which part is wrong.
    public init(url: String) throws(RedisError) {
        self = try RedisURL(url).endpoint
    }
}

extension RedisEndpoint: CustomStringConvertible {
    /// The endpoint as a URL without credentials.
    public var description: String {
        switch self {
        case .unixSocket(let path): "unix://\(path)"
        case .tcp(let host, let port): host.contains(":") ? "redis://[\(host)]:\(port)" : "redis://\(host):\(port)"
        }
    }
}
