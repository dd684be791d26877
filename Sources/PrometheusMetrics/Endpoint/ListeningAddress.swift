import Foundation

/// A numeric IP address of this machine, and a TCP port.
public struct ListeningAddress: Sendable, Hashable, CustomStringConvertible {
    /// The address without brackets, for example `127.0.0.1`, `0.0.0.0` or `::1`.
    public var host: String
    /// The port. 0 selects any free port.
    public var port: UInt16

    /// Reads an address.
    ///
    /// - Parameter text: `HOST:PORT`, `[HOST]:PORT` for IPv6, or `PORT` alone, which means 127.0.0.1. `localhost`
    ///   also means 127.0.0.1.
    /// - Returns: `nil` for any other text.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard let last = parts.last, let port = UInt16(last) else { return nil }
        self.port = port
        var host = parts.dropLast().joined(separator: ":")
        if parts.count == 1 {
            host = "127.0.0.1"
        } else if host.hasPrefix("["), host.hasSuffix("]") {
            host = String(host.dropFirst().dropLast())
            guard host.contains(":") else { return nil }
        } else if host.contains(":") {
            return nil
        }
        if host == "localhost" { host = "127.0.0.1" }
        self.host = host
        guard withSocketAddress({ _, _ in true }) != nil else { return nil }
    }

    /// `HOST:PORT`, with brackets around an IPv6 address.
    public var description: String { isIPv6 ? "[\(host)]:\(port)" : "\(host):\(port)" }

    var isIPv6: Bool { host.contains(":") }

    /// - Returns: `nil` if the host is not a numeric address.
    func withSocketAddress<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result? {
        if isIPv6 {
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = port.bigEndian
            guard inet_pton(AF_INET6, host, &address.sin6_addr) == 1 else { return nil }
            return Self.with(&address, body)
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        guard inet_pton(AF_INET, host, &address.sin_addr) == 1 else { return nil }
        return Self.with(&address, body)
    }

    private static func with<Address, Result>(
        _ address: inout Address, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<Address>.size))
            }
        }
    }
}
