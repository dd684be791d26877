/// One connection (interface only so far).
public final class RedisConnection: Sendable {
  init() {}
  /// Connects.
  public static func connect(_ configuration: RedisConfiguration) async throws -> RedisConnection {
    throw RedisError(.connectFailed, "not built yet")
  }
  /// Whether commands are accepted.
  public var isOpen: Bool { false }
  /// Sends one command.
  public func send(_ command: RedisCommand) async throws -> RedisValue { throw RedisError(.closed, "not built yet") }
  /// Sends a batch.
  public func pipeline(_ commands: [RedisCommand]) async throws -> [RedisValue] { throw RedisError(.closed, "not built yet") }
  /// Runs a script.
  public func run(_ script: RedisScript, keys: [RedisArgument] = [], arguments: [RedisArgument] = []) async throws -> RedisValue {
    throw RedisError(.closed, "not built yet")
  }
  /// Closes.
  public func close() async {}
}
