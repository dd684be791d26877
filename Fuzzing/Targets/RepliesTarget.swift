import CHiredis
@testable import RedisClient

/// The bytes of a server, fed to the C parser in parts as a socket would bring them, make the same values, and are refused
/// at the same place, as fed at once.
///
/// The first byte says how large the parts are, and whether the connection is subscribed.
enum RepliesTarget {
    static func run(_ bytes: UnsafeRawBufferPointer) {
        guard let first = bytes.first else { return }
        let reply = UnsafeRawBufferPointer(rebasing: bytes.dropFirst())
        let isPushing = first & 1 == 1
        let whole = parse(reply, inPartsOf: max(1, reply.count), isPushing: isPushing)
        let parts = parse(reply, inPartsOf: Int(first >> 1) + 1, isPushing: isPushing)
        demand(whole == parts, "the parts make a difference: \(whole), \(parts)")
        for value in whole.values { look(at: value) }
    }

    private struct Outcome: Equatable {
        var values: [RedisValue] = []
        var messages: [RedisMessage] = []
        var pushed: [PushedReply] = []
        var isIntact = true
    }

    private static func parse(_ bytes: UnsafeRawBufferPointer, inPartsOf size: Int, isPushing: Bool) -> Outcome {
        // A context without a socket: only its reader is used.
        guard let context = redisConnectFd(-1) else { preconditionFailure("no memory") }
        let builder = ReplyBuilder.attached(to: context)
        builder.pointee.isPushing = isPushing
        defer {
            redisFree(context)
            builder.deinitialize(count: 1)
            builder.deallocate()
        }
        var outcome = Outcome()
        var start = 0
        while start < bytes.count, outcome.isIntact {
            let end = min(start + size, bytes.count)
            redisReaderFeed(
                context.pointee.reader, bytes.baseAddress!.assumingMemoryBound(to: CChar.self) + start, end - start)
            start = end
            var object: UnsafeMutableRawPointer?
            repeat {
                outcome.isIntact = redisGetReplyFromReader(context, &object) == REDIS_OK
                if isPushing, outcome.isIntact, object != nil, let reply = builder.pointee.pushes.finish() {
                    outcome.pushed.append(reply)
                }
            } while outcome.isIntact && object != nil
        }
        outcome.values = builder.pointee.replies
        outcome.messages = builder.pointee.pushes.messages
        return outcome
    }

    private static func look(at value: RedisValue) {
        _ = (value.description, value.string, value.bytes, value.integerValue)
        for element in value.elements ?? [] { look(at: element) }
    }
}
