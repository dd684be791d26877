import Foundation
import RedisClient

extension RedisConfiguration {
    /// Endpoint, credentials and database, for another process.
    package var url: String {
        func escaped(_ text: String) -> String {
            text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? text
        }
        let credentials = password.map { "\(username.map(escaped) ?? ""):\(escaped($0))@" } ?? ""
        return switch endpoint {
        case .unixSocket(let path):
            "unix://\(credentials)\(path.replacing("%", with: "%25").replacing("?", with: "%3F"))?db=\(database)"
        case .tcp(let host, let port):
            "redis://\(credentials)\(host.contains(":") ? "[\(host)]" : host):\(port)/\(database)"
        }
    }
}
