/// One entry of a connection's reply queue: a command or a batch.
struct PendingReply {
    /// The receiver of the replies.
    enum Completion {
        /// No receiver: the command ran out of time or was cancelled. Its reply may still arrive and must not go to
        /// the next command.
        case discarded
        /// A caller without a cancellation handler.
        case single(Caller)
        /// A caller with a cancellation handler, after a slow reply.
        case late(LateReply)
        case batch(ReplyBatch)
    }

    typealias Caller = UnsafeContinuation<Answer, any Error>

    var completion: Completion
    /// The number of replies that have not arrived. Never 0 while the entry is queued.
    var missing: Int
    /// The deadline of the command. For a discarded entry, the time at which the connection ends for hanging.
    var deadline: UInt64
    /// Identifies the entry for a cancellation. 0 for an entry without a cancellation handler.
    var ticket: UInt64
    /// The round of the channel's watch in which the entry was queued.
    var round: UInt64
    /// The server may have executed the command once this number of bytes was written: up to the end of a single
    /// command, or up to the first byte of a batch.
    var executableFrom: UInt64
}

/// The replies of one batch while they arrive.
final class ReplyBatch: @unchecked Sendable {
    // @unchecked Sendable: the connection's lock protects `values` until the batch leaves the queue. After that only
    // the code that removed it uses them.
    var values: [RedisValue] = []
    private let finish: @Sendable (Result<[RedisValue], RedisError>) -> Void

    init(finish: @escaping @Sendable (Result<[RedisValue], RedisError>) -> Void) {
        self.finish = finish
    }

    func succeed() { finish(.success(values)) }
    func fail(_ error: RedisError) { finish(.failure(error)) }
}

extension PendingReply.Completion {
    /// Passes the error to the receiver. Never called under a lock.
    func fail(_ error: RedisError) {
        switch self {
        case .discarded: break
        case .single(let caller): caller.resume(throwing: error)
        case .late(let reply): reply.settle(.failure(error))
        case .batch(let batch): batch.fail(error)
        }
    }
}
