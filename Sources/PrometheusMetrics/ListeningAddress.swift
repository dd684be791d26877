import FlyingSocks
import Foundation

/// A numerical address of this machine, and a port.
public struct ListeningAddress: Sendable, Hashable, CustomStringConvertible {
    /// `127.0.0.1`, `0.0.0.0`, `::1`.
    public var host: String
    /// 0: any that is free.
    public var port: UInt16

    /// - Parameter text: `HOST:PORT`, `[HOST]:PORT` for IPv6, or `PORT` alone, which is on 127.0.0.1.
    /// - Returns: `nil` for anything else.
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
        guard (try? socketAddress()) != nil else { return nil }
    }

    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    func socketAddress() throws -> any SocketAddress {
        if host.contains(":") { return try sockaddr_in6.inet6(ip6: host, port: port) }
        return try sockaddr_in.inet(ip4: host, port: port)
    }
}
