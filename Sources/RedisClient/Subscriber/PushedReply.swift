import CHiredis

/// What one reply on a subscribed connection says. Holds pointers into the parser's memory.
enum PushedReply {
  case message(channel: UnsafeRawBufferPointer, pattern: UnsafeRawBufferPointer?, content: UnsafePointer<redisReply>)
  case confirmation(name: String, isPattern: Bool)
  case refusal(String)
  /// The answer to a heartbeat, or something unknown and harmless.
  case other

  @inline(__always)
  init(_ reply: UnsafePointer<redisReply>) {
    guard reply.pointee.elements >= 3, let elements = reply.pointee.element, let kind = elements[0] else {
      self = reply.pointee.type == REDIS_REPLY_ERROR ? .refusal(RedisValue.text(of: reply)) : .other
      return
    }
    // The kinds all differ in length.
    switch kind.pointee.len {
    case 7:  // message
      self = .message(channel: RedisValue.buffer(of: elements[1]!), pattern: nil, content: elements[2]!)
    case 8 where reply.pointee.elements >= 4:  // pmessage
      self = .message(
        channel: RedisValue.buffer(of: elements[2]!), pattern: RedisValue.buffer(of: elements[1]!),
        content: elements[3]!)
    case 9, 11:  // subscribe, unsubscribe
      self = .confirmation(name: RedisValue.text(of: elements[1]!), isPattern: false)
    case 10, 12:  // psubscribe, punsubscribe
      self = .confirmation(name: RedisValue.text(of: elements[1]!), isPattern: true)
    default: self = .other
    }
  }
}
