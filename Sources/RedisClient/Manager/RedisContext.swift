/// The keys of one user, tenant or purpose, on shared connections.
///
/// Two contexts with different names have no key in common, whatever their names and keys are. Each key begins with
/// the length of the context's name and the name (`6:user-7:theme`). So `prod` with the key `2x` differs from `prod2`
/// with `x`. Names are compared byte by byte: similar letters, and different compositions of one letter, are
/// different names.
public struct RedisContext: Sendable {
    /// The name of the context.
    public let name: String
    /// The manager whose connections the context uses.
    public let manager: RedisManager

    /// The name of a key at the server.
    public func key(_ key: String) -> RedisArgument { .string("\(name.utf8.count):\(name):\(key)") }

    /// Reads a key.
    ///
    /// - Returns: the value, or `nil` if there is none.
    /// - Throws: ``RedisError``, as ``RedisManager/send(_:)``.
    public nonisolated(nonsending) func get(_ key: String) async throws -> [UInt8]? {
        try await manager.send(RedisCommand(arguments: ["GET", self.key(key)])).bytes
    }

    /// Writes a key.
    ///
    /// - Parameters:
    ///   - key: the name of the key in this context.
    ///   - value: the bytes to store.
    ///   - lifetime: the time until the server removes the key, in whole milliseconds, at least one. `nil` means no
    ///     limit.
    /// - Throws: ``RedisError``, as ``RedisManager/send(_:)``.
    public nonisolated(nonsending) func set(
        _ key: String, to value: [UInt8], lifetime: Duration? = nil
    ) async throws {
        var arguments: [RedisArgument] = ["SET", self.key(key), .bytes(value)]
        if let lifetime { arguments += ["PX", .integer(Int(clamping: max(1, lifetime.nanoseconds / 1_000_000)))] }
        _ = try await manager.send(RedisCommand(arguments: arguments))
    }

    /// Removes a key.
    ///
    /// - Returns: whether the key existed.
    /// - Throws: ``RedisError``, as ``RedisManager/send(_:)``.
    @discardableResult
    public nonisolated(nonsending) func remove(_ key: String) async throws -> Bool {
        try await manager.send(RedisCommand(arguments: ["DEL", self.key(key)])).integerValue == 1
    }
}
