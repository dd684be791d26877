import CHiredis
import Support
import Synchronization

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// One socket with its reply queue: the driver beneath ``RedisConnection``, ``RedisPool`` and ``RedisSubscriber``.
///
/// Commands are encoded and queued by any thread under one lock. Whoever finds the socket idle writes at once; what
/// is queued meanwhile goes out in one further write. Reading, time limits and the end happen on the loop's thread.
final class Channel: PollHandler, @unchecked Sendable {
    // @unchecked Sendable: what several threads use is in `state`; everything marked nonisolated(unsafe) belongs to the
    // loop's thread.

    struct State {
        /// Encoded commands that no writer has taken yet.
        var output = OutputBuffer()
        /// What the current writer is writing; written up to `spareOffset`.
        var spare = OutputBuffer()
        var spareOffset = 0
        var queue = ReplyQueue()
        /// Why the channel is over; `nil` while it is not.
        var ended: RedisError?
        /// Somebody owns `spare`.
        var isWriting = false
        /// The owner of `spare` is no thread but the socket: it waits to become writable.
        var isParked = false
        /// A flush is on its way and will write everything queued by then.
        var isFlushScheduled = false
        /// The last read woke several callers, so several commands are about to come: do not write the first one alone.
        var expectsMore = false
        /// The context must be freed by the writer that is still in `send`.
        var isReleasedByWriter = false
        /// Bytes that the socket took, and bytes encoded, since the beginning.
        var sent: UInt64 = 0
        var queued: UInt64 = 0
        /// Whether the loop looks every few milliseconds for callers who wait long.
        var isWatched = false
        var watchRound: UInt64 = 0
        /// Replies have come in this round of the watch.
        var hasReadInRound = false
        /// When the loop next looks for commands that are out of time.
        var sweepAt = MonotonicTime.never

        /// Bytes that the server may have seen. What a writer holds counts: its `send` may be done already.
        var possiblySent: UInt64 {
            isWriting && !isParked ? sent + UInt64(spare.count - spareOffset) : sent
        }
    }

    let loop: RedisEventLoop
    let endpoint: RedisEndpoint
    /// The time limit of commands in nanoseconds.
    let commandLimit: UInt64
    let descriptor: Int32
    let state = Lock(State())
    let tickets = Atomic<UInt64>(0)
    /// The name of the process at the other end, once it has been asked for.
    let knownServerName = Lock<String?>(nil)

    // nonisolated(unsafe): from here on the loop's thread only, except that the token is also read by writers, which
    // start after `register` has set it.
    nonisolated(unsafe) var context: UnsafeMutablePointer<redisContext>?
    nonisolated(unsafe) var token: UInt64 = 0  // Set by `register`, before any writer reads it.
    nonisolated(unsafe) private var isConnected = false  // The loop's thread only.
    /// Called once when the socket is connected or refused; `nil` for success.
    nonisolated(unsafe) var onConnect: ((RedisError?) -> Void)?  // The loop's thread only.
    /// Called once when the channel is over, after everything pending has been failed.
    nonisolated(unsafe) var onEnd: ((RedisError) -> Void)?  // The loop's thread only.
    /// Takes replies instead of the queue while subscribed.
    nonisolated(unsafe) var pushReceiver: (any PushReceiver)?  // The loop's thread only.
    let builder: UnsafeMutablePointer<ReplyBuilder>
    nonisolated(unsafe) var completed: [ReplyQueue.Completed] = []  // The loop's thread only.
    nonisolated(unsafe) var sweepTimer: TimerHeap<Void>.Identifier?  // The loop's thread only.

    /// Takes over a context whose connect is under way.
    init(
        _ context: UnsafeMutablePointer<redisContext>, loop: RedisEventLoop, endpoint: RedisEndpoint,
        commandLimit: UInt64
    ) {
        self.context = context
        self.loop = loop
        self.endpoint = endpoint
        self.commandLimit = commandLimit
        descriptor = context.pointee.fd
        builder = ReplyBuilder.attached(to: context)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        var one: Int32 = 1
        #if canImport(Darwin)
            setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &one, 4)
        #endif
        if case .tcp = endpoint { setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, 4) }
    }

    deinit {
        state.withLock { state in
            state.output.deallocate()
            state.spare.deallocate()
            state.queue.deallocate()
        }
        if let context { redisFree(context) }
        builder.deinitialize(count: 1)
        builder.deallocate()
    }

    /// From now on replies may be so large, which during the handshake they may not. On the loop's thread.
    func allow(_ limits: RedisReplyLimits) { builder.pointee.limits = limits }

    /// Begins to watch the socket; `onConnect` tells the outcome.
    func start() {
        token = loop.register(self, descriptor: descriptor, writable: true)
    }

    /// Whether commands are accepted. A moment later they may not be.
    var isOpen: Bool { state.withLock { $0.ended == nil } }

    func ready(readable: Bool, writable: Bool) {
        if !isConnected {
            guard writable else { return }
            finishConnecting()
            return
        }
        if writable { resumeWriting() }
        if readable { read() }
    }

    /// A refused connection shows only here.
    private func finishConnecting() {
        var status: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &status, &size)
        isConnected = true
        let report = onConnect
        onConnect = nil
        if status != 0 {
            report?(
                RedisError(
                    .connectFailed, "the server refused the connection", endpoint: endpoint,
                    underlying: systemText(status)))
        } else {
            loop.poller.watchWriting(false, descriptor, token: token)
            report?(nil)
        }
    }
}

/// The operating system's words for an error number.
func systemText(_ number: Int32) -> String {
    String(cString: strerror(number))
}
