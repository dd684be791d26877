import CHiredis

/// Takes the replies of a subscribed connection, on the loop's thread.
protocol PushReceiver: AnyObject, Sendable {
  /// One reply, whose memory is gone after the call.
  func receive(_ reply: UnsafePointer<redisReply>)
  /// Everything that one socket read brought has been received.
  func endOfRead()
}

extension Channel {
  /// Reads once (16 KB at most) and hands out every complete reply: copied first, matched under one lock, resumed
  /// outside it.
  func read() {
    guard let context else { return }
    guard redisBufferRead(context) == REDIS_OK else { return endAsContextSays() }
    var object: UnsafeMutableRawPointer?
    var isIntact = true
    while true {
      guard redisGetReplyFromReader(context, &object) == REDIS_OK else {
        isIntact = false
        break
      }
      guard let found = object else { break }
      let reply = found.assumingMemoryBound(to: redisReply.self)
      if let pushReceiver {
        pushReceiver.receive(reply)
      } else {
        values.append(RedisValue(copying: reply))
      }
      freeReplyObject(found)
      if self.context == nil { return }
    }
    if let pushReceiver {
      pushReceiver.endOfRead()
    } else if !values.isEmpty {
      let allMatched = state.withLock { state in
        let allMatched = state.queue.receive(&values, into: &completed)
        state.expectsMore = completed.count > 1
        return allMatched
      }
      values.removeAll(keepingCapacity: true)
      resumeCompleted()
      if !allMatched {
        end(
          RedisError(
            .protocolError, "the server sent a reply that no command asked for", outcomeUnknown: true,
            endpoint: endpoint))
      }
    }
    if !isIntact { endAsContextSays() }
  }

  private func resumeCompleted() {
    for entry in completed {
      switch entry.completion {
      case .discarded: break
      case .single(let continuation): continuation.resume(returning: entry.value)
      case .batch(let batch): batch.succeed()
      }
    }
    completed.removeAll(keepingCapacity: true)
  }

  /// Ends the channel for the reason that the C library gives.
  private func endAsContextSays() {
    guard let context else { return }
    let text = withUnsafeBytes(of: &context.pointee.errstr) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    if context.pointee.err == REDIS_ERR_PROTOCOL {
      end(RedisError(.protocolError, "the server's reply is not valid", endpoint: endpoint, underlying: text))
    } else {
      end(RedisError(.connectionLost, "the connection was lost", endpoint: endpoint, underlying: text))
    }
  }

  /// A write has failed. What the server said before it hung up comes first.
  func endAfterFailedWrite(_ number: Int32) {
    read()
    end(RedisError(.connectionLost, "the connection was lost", endpoint: endpoint, underlying: systemText(number)))
  }
}
