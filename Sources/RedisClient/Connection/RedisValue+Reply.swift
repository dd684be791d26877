import CHiredis

extension RedisValue {
  /// Copies a reply of the C parser, whose memory stays the caller's. Linear in its bytes.
  @inline(__always)
  init(copying reply: UnsafePointer<redisReply>) {
    switch reply.pointee.type {
    case REDIS_REPLY_STRING: self = .bulk(Self.bytes(of: reply))
    case REDIS_REPLY_STATUS: self = .status(Self.text(of: reply))
    case REDIS_REPLY_INTEGER: self = .integer(reply.pointee.integer)
    case REDIS_REPLY_NIL: self = .null
    case REDIS_REPLY_ERROR: self = .error(Self.text(of: reply))
    default: self.init(copyingRare: reply)
    }
  }

  /// Arrays, and the kinds that hiredis 1.x knows besides (maps and sets as arrays, all others as their text).
  @inline(never)
  private init(copyingRare reply: UnsafePointer<redisReply>) {
    guard reply.pointee.str == nil else {
      self = .bulk(Self.bytes(of: reply))
      return
    }
    let count = reply.pointee.elements
    self = .array(
      [RedisValue](unsafeUninitializedCapacity: count) { elements, initialized in
        for index in 0..<count {
          (elements.baseAddress! + index).initialize(to: RedisValue(copying: reply.pointee.element[index]!))
        }
        initialized = count
      })
  }

  @inline(__always)
  static func buffer(of reply: UnsafePointer<redisReply>) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: reply.pointee.str, count: Int(reply.pointee.len))
  }

  @inline(__always)
  private static func bytes(of reply: UnsafePointer<redisReply>) -> [UInt8] {
    [UInt8](buffer(of: reply))
  }

  @inline(__always)
  static func text(of reply: UnsafePointer<redisReply>) -> String {
    String(decoding: buffer(of: reply), as: UTF8.self)
  }
}
