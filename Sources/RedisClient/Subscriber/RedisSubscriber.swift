/// A subscriber (interface only so far).
public final class RedisSubscriber: Sendable {
  /// What became of the connection.
  public enum State: Sendable {
    /// Connected for the first time.
    case connected
    /// The connection is gone: from here on messages may be missed.
    case disconnected(RedisError)
    /// Connected again, and every channel is subscribed again.
    case resubscribed
  }
  /// Starts connecting in the background.
  public init(
    _ configuration: RedisConfiguration,
    onStateChange: @escaping @Sendable (State) -> Void = { _ in },
    onMessages: @escaping @Sendable ([RedisMessage]) -> Void
  ) {}
  /// Subscribes by name; returns when the server has confirmed.
  public func subscribe(_ channels: [String]) async throws { throw RedisError(.closed, "not built yet") }
  /// Subscribes by pattern.
  public func psubscribe(_ patterns: [String]) async throws { throw RedisError(.closed, "not built yet") }
  /// Ends subscriptions by name.
  public func unsubscribe(_ channels: [String]) async throws { throw RedisError(.closed, "not built yet") }
  /// Ends subscriptions by pattern.
  public func punsubscribe(_ patterns: [String]) async throws { throw RedisError(.closed, "not built yet") }
  /// Closes.
  public func close() async {}
}
