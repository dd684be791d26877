/// The keys of one user, tenant or purpose, on connections that many share.
///
/// No two contexts of different names have a key in common, whatever the names and keys are: a context's keys begin with the
/// length of its name and the name (`6:user-7:theme`), so that `prod` with the key `2x` is not `prod2` with `x`. Names are
/// compared byte by byte: look-alikes, and differently composed forms of one letter, are different contexts.
public struct RedisContext: Sendable {
    public let name: String
    public let manager: RedisManager

    /// The name of a key at the server.
    public func key(_ key: String) -> RedisArgument { .string("\(name.utf8.count):\(name):\(key)") }

    /// - Returns: the value; `nil` if there is none.
    /// - Throws: ``RedisError``, as ``RedisManager/send(_:)``.
    public nonisolated(nonsending) func get(_ key: String) async throws -> [UInt8]? {
        try await manager.send(RedisCommand(arguments: ["GET", self.key(key)])).bytes
    }

    /// - Parameter lifetime: after which the server removes it; `nil` never. In whole milliseconds, at least one.
    /// - Throws: ``RedisError``, as ``RedisManager/send(_:)``.
    public nonisolated(nonsending) func set(
        _ key: String, to value: [UInt8], lifetime: Duration? = nil
    ) async throws {
        var arguments: [RedisArgument] = ["SET", self.key(key), .bytes(value)]
        if let lifetime { arguments += ["PX", .integer(Int(clamping: max(1, lifetime.nanoseconds / 1_000_000)))] }
        _ = try await manager.send(RedisCommand(arguments: arguments))
    }

    /// - Returns: whether there was one.
    /// - Throws: ``RedisError``, as ``RedisManager/send(_:)``.
    @discardableResult
    public nonisolated(nonsending) func remove(_ key: String) async throws -> Bool {
        try await manager.send(RedisCommand(arguments: ["DEL", self.key(key)])).integerValue == 1
    }
}
