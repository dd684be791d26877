/// A pool (interface only so far).
public final class RedisPool: Sendable {
  /// Makes a pool; opens nothing.
  public init(_ configuration: RedisConfiguration) {}
  /// Sends one command.
  public func send(_ command: RedisCommand) async throws -> RedisValue { throw RedisError(.closed, "not built yet") }
  /// Sends a batch.
  public func pipeline(_ commands: [RedisCommand]) async throws -> [RedisValue] { throw RedisError(.closed, "not built yet") }
  /// Runs a script.
  public func run(_ script: RedisScript, keys: [RedisArgument] = [], arguments: [RedisArgument] = []) async throws -> RedisValue {
    throw RedisError(.closed, "not built yet")
  }
  /// Leases one connection.
  public func withConnection<Result>(
    isolation: isolated (any Actor)? = #isolation, _ body: (RedisConnection) async throws -> Result
  ) async throws -> Result { throw RedisError(.closed, "not built yet") }
  /// Closes.
  public func close() async {}
}
