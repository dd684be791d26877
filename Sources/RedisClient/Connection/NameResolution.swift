import Dispatch

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Resolves host names to numeric addresses. The loop's thread can connect to those without blocking.
enum NameResolution {
    /// Whether the host is a numeric address.
    static func isNumeric(_ host: String) -> Bool {
        var memory = in6_addr()
        return inet_pton(AF_INET, host, &memory) == 1 || inet_pton(AF_INET6, host, &memory) == 1
    }

    /// Calls the system's resolver on a thread of its own, because it can take seconds.
    ///
    /// - Parameter completion: called on any thread, with the addresses in the system's order of preference, or with
    ///   an error.
    static func resolve(_ host: String, completion: @escaping @Sendable (Result<[String], RedisError>) -> Void) {
        DispatchQueue.global().async { completion(addresses(of: host)) }
    }

    private static func addresses(of host: String) -> Result<[String], RedisError> {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        #if canImport(Darwin)
            hints.ai_socktype = SOCK_STREAM
        #else
            hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #endif
        var list: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, nil, &hints, &list)
        defer { if let list { freeaddrinfo(list) } }
        var found: [String] = []
        var next = list
        while let entry = next {
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            let size = socklen_t(text.count)
            if getnameinfo(entry.pointee.ai_addr, entry.pointee.ai_addrlen, &text, size, nil, 0, NI_NUMERICHOST) == 0 {
                found.append(String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
            }
            next = entry.pointee.ai_next
        }
        guard status == 0, !found.isEmpty else {
            return .failure(
                RedisError(
                    .connectFailed, "the host \"\(host)\" could not be found",
                    underlying: String(cString: gai_strerror(status))))
        }
        return .success(found)
    }
}
