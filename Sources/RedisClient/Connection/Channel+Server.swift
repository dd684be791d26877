import Support

extension Channel {
    /// The name of the server's process (`run_id` of `INFO server`), asked for once: a connection ends with the process.
    /// - Throws: ``RedisError``; `protocolError` if the answer does not hold the name.
    nonisolated(nonsending) func serverName(limit: UInt64) async throws -> String {
        if let name = knownServerName.withLock({ $0 }) { return name }
        let information = try await send(RedisCommand("INFO", "server"), limit: limit)
        guard let name = Self.serverName(in: information.string ?? "") else {
            throw RedisError(
                .protocolError, "the server does not tell the name of its process (run_id)", endpoint: endpoint)
        }
        knownServerName.withLock { $0 = name }
        return name
    }

    /// - Returns: `nil` if there is none, or something that is none.
    static func serverName(in information: String) -> String? {
        let field = "run_id:"
        guard let line = information.split(whereSeparator: \.isNewline).first(where: { $0.hasPrefix(field) }) else {
            return nil
        }
        let name = line.dropFirst(field.count)
        return (1...128).contains(name.utf8.count) && name.allSatisfy(\.isHexDigit) ? String(name) : nil
    }
}
