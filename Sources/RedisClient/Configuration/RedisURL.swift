#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The parts of a server's URL. Parsing has no side effects.
struct RedisURL: Equatable {
    var endpoint: RedisEndpoint
    var username: String?
    var password: String?
    var database = 0

    /// - Parameter given: the password if the URL has none, or has `***` in its place.
    init(_ text: String, password given: String? = nil) throws(RedisError) {
        guard let colon = Self.range(of: "://", in: text[...]) else {
            throw Self.invalid(text, "it has no scheme; begin it with redis:// or unix://")
        }
        let rest = text[colon.upperBound...]
        switch text[..<colon.lowerBound].lowercased() {
        case "redis": (endpoint, username, password, database) = try Self.network(rest, given, of: text)
        case "unix", "redis+unix": (endpoint, username, password, database) = try Self.socket(rest, given, of: text)
        case "rediss": throw Self.invalid(text, "TLS (rediss) is not supported")
        case let scheme: throw Self.invalid(text, "its scheme is \"\(scheme)\"; use redis or unix")
        }
    }

    private typealias Parts = (RedisEndpoint, String?, String?, Int)

    private static func network(_ rest: Substring, _ given: String?, of url: String) throws(RedisError) -> Parts {
        let (credentials, address) = splitCredentials(rest)
        let (username, password) = try decode(credentials, given, of: url)
        let pieces = address.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let place = pieces[0]
        var host = place
        var portText: Substring?
        if place.first == "[" {
            guard let close = place.firstIndex(of: "]") else {
                throw invalid(url, "the [ of its IPv6 address is not closed")
            }
            host = place[place.index(after: place.startIndex)..<close]
            let after = place[place.index(after: close)...]
            if !after.isEmpty {
                guard after.first == ":" else { throw invalid(url, "after ] only :port may follow") }
                portText = after.dropFirst()
            }
        } else if let colon = place.lastIndex(of: ":") {
            host = place[..<colon]
            portText = place[place.index(after: colon)...]
        }
        guard !host.isEmpty else { throw invalid(url, "it names no host") }
        var port = RedisEndpoint.defaultPort
        if let portText {
            guard let number = Int(portText), (1...65_535).contains(number) else {
                // The text may be a password whose @ is missing, or the beginning of a password with a slash.
                throw invalid(url, "its port is not a number from 1 to 65535 (a / in a password is written %2F)")
            }
            port = number
        }
        let database = pieces.count > 1 && !pieces[1].isEmpty ? try number(pieces[1], of: url) : 0
        return (.tcp(host: String(host), port: port), username, password, database)
    }

    private static func socket(_ rest: Substring, _ given: String?, of url: String) throws(RedisError) -> Parts {
        let pieces = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let (credentials, place) = splitCredentials(pieces[0])
        let (username, password) = try decode(credentials, given, of: url)
        guard place.first == "/" else { throw invalid(url, "the path of its socket must be absolute: unix:///path") }
        guard let path = percentDecoded(place) else { throw invalid(url, "its path has a bad %-escape") }
        guard path.utf8.count <= longestSocketPath else {
            throw invalid(
                url,
                "its path has \(path.utf8.count) bytes, and the name of a socket has \(longestSocketPath) at most; a "
                    + "link to its folder makes it shorter")
        }
        var database = 0
        if pieces.count > 1 {
            guard pieces[1].hasPrefix("db=") else { throw invalid(url, "after ? only db=number may follow") }
            database = try number(pieces[1].dropFirst(3), of: url)
        }
        return (.unixSocket(path: path), username, password, database)
    }

    /// What the system has room for, without the zero at its end.
    private static let longestSocketPath = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1

    private static func splitCredentials(_ rest: Substring) -> (Substring?, Substring) {
        guard let at = rest.lastIndex(of: "@"), !rest[..<at].contains("/") else { return (nil, rest) }
        return (rest[..<at], rest[rest.index(after: at)...])
    }

    private static func decode(
        _ credentials: Substring?, _ given: String?, of url: String
    ) throws(RedisError) -> (String?, String?) {
        guard let credentials else { return (nil, given) }
        let pieces = credentials.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let written = pieces.count == 2 && !pieces[1].isEmpty && pieces[1] != hidden ? pieces[1] : nil
        guard written != nil || given != nil else {
            throw invalid(
                url,
                pieces.count == 2 && pieces[1] == hidden
                    ? "\(hidden) stands for a password that is not shown; write the password in its place"
                    : "before @ it must say :password or user:password")
        }
        guard let user = percentDecoded(pieces[0]), let password = written.map(percentDecoded) ?? given else {
            throw invalid(url, "its credentials have a bad %-escape")
        }
        return (user.isEmpty ? nil : user, password)
    }

    /// Stands for a password in a URL in messages.
    fileprivate static let hidden = "***"

    private static func number(_ text: Substring, of url: String) throws(RedisError) -> Int {
        guard let number = Int(text), number >= 0 else {
            throw invalid(url, "its database is not a whole number")
        }
        return number
    }

    private static func percentDecoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func range(of needle: String, in text: Substring) -> Range<String.Index>? {
        var index = text.startIndex
        while index < text.endIndex {
            if text[index...].hasPrefix(needle) { return index..<text.index(index, offsetBy: needle.count) }
            index = text.index(after: index)
        }
        return nil
    }

    /// The error for an invalid URL. Its message contains no password.
    ///
    /// The position of the password may be unknown. The message therefore shows only the text after the last @, or
    /// only the scheme.
    private static func invalid(_ url: String, _ reason: String) -> RedisError {
        let scheme = range(of: "://", in: url[...]).map { url[..<$0.upperBound] }
        let shown = url.lastIndex(of: "@").map { "…" + url[$0...] } ?? scheme.map { "\($0)…" } ?? url
        return RedisError(.invalidURL, "\"\(shown)\" is not the URL of a Redis server: \(reason)")
    }
}

extension RedisConfiguration {
    /// Returns the URL for messages, with `***` in place of its password. Text that is not a URL becomes `***`.
    ///
    /// - Parameter isPasswordGiven: whether the password comes from elsewhere. A text alone before the @ is then the
    ///   name of a user.
    package static func withoutPassword(_ url: String, isPasswordGiven: Bool = false) -> String {
        guard let colon = url.firstRange(of: "://") else { return RedisURL.hidden }
        let rest = url[colon.upperBound...]
        guard let at = rest.lastIndex(of: "@") else { return url }
        guard let credentials = rest[..<at].firstIndex(of: ":") else {
            return isPasswordGiven ? url : "\(url[..<colon.upperBound])\(RedisURL.hidden)\(rest[at...])"
        }
        return "\(url[...credentials])\(RedisURL.hidden)\(rest[at...])"
    }
}
