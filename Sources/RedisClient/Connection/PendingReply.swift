/// One entry of a connection's reply queue: a command, or a whole batch of them.
struct PendingReply {
    /// Who waits.
    enum Completion {
        /// Nobody any more: the command ran out of time or was cancelled, but its reply may still come and must not be
        /// taken for the next one's.
        case discarded
        /// A caller who is not ready to be cancelled.
        case single(Caller)
        /// A caller who was told that it may take long.
        case late(LateReply)
        case batch(ReplyBatch)
    }

    typealias Caller = UnsafeContinuation<Answer, any Error>

    var completion: Completion
    /// Replies that have not come yet; never 0 while the entry is queued.
    var missing: Int
    /// When it runs out of time; for a discarded entry, when the connection is given up for hanging.
    var deadline: UInt64
    /// Names the entry for a cancellation; 0 while nobody is ready for one.
    var ticket: UInt64
    /// The round of the channel's watch in which it was queued.
    var round: UInt64
    /// The command may have been executed once this many bytes in all were handed to the socket: the end of a single
    /// command, the first byte of a batch.
    var executableFrom: UInt64
}

/// The replies of one batch while they come in.
final class ReplyBatch: @unchecked Sendable {
    // @unchecked Sendable: `values` is changed under the lock of the connection until the batch leaves the queue, and
    // from then on by whoever took it out.
    var values: [RedisValue] = []
    private let finish: @Sendable (Result<[RedisValue], RedisError>) -> Void

    init(finish: @escaping @Sendable (Result<[RedisValue], RedisError>) -> Void) {
        self.finish = finish
    }

    func succeed() { finish(.success(values)) }
    func fail(_ error: RedisError) { finish(.failure(error)) }
}

extension PendingReply.Completion {
    /// Hands the outcome to whoever waits. Never called under a lock.
    func fail(_ error: RedisError) {
        switch self {
        case .discarded: break
        case .single(let caller): caller.resume(throwing: error)
        case .late(let reply): reply.settle(.failure(error))
        case .batch(let batch): batch.fail(error)
        }
    }
}
