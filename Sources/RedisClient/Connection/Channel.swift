import CHiredis
import Support
import Synchronization

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// One socket with its reply queue. ``RedisConnection``, ``RedisPool`` and ``RedisSubscriber`` use it.
///
/// Any thread encodes and queues commands under one lock. The thread that finds the socket idle writes at once.
/// Commands queued meanwhile go out together in the next write. The loop's thread reads, applies time limits and ends
/// the channel.
final class Channel: PollHandler, @unchecked Sendable {
    // @unchecked Sendable: `state` protects what several threads use. Only the loop's thread uses the fields marked
    // nonisolated(unsafe).

    struct State {
        /// The encoded commands that no writer has taken yet.
        var output = OutputBuffer()
        /// The bytes of the current writer, written up to `spareOffset`.
        var spare = OutputBuffer()
        var spareOffset = 0
        var queue = ReplyQueue()
        /// The error that ended the channel. `nil` while it is open.
        var ended: RedisError?
        /// Whether a writer owns `spare`.
        var isWriting = false
        /// Whether the write waits until the socket becomes writable. No thread owns `spare` then.
        var isParked = false
        /// Whether a flush is scheduled. It will write all commands queued by then.
        var isFlushScheduled = false
        /// Whether the last read resumed several callers. Several commands then follow soon, so the first must not be
        /// written alone.
        var expectsMore = false
        /// Whether the writer that is still in `send` must free the context.
        var isReleasedByWriter = false
        /// The numbers of bytes written to the socket and encoded, since the beginning.
        var sent: UInt64 = 0
        var queued: UInt64 = 0
        /// Whether the loop regularly examines the queue for callers that wait long.
        var isWatched = false
        var watchRound: UInt64 = 0
        /// Whether replies have arrived in this round of the watch.
        var hasReadInRound = false
        /// The time at which the loop next examines overdue commands.
        var sweepAt = MonotonicTime.never

        /// The number of bytes that the server may have received. The bytes of a writer count, because its `send` may
        /// have finished.
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
    /// The identifier of the server's process, once known.
    let knownServerName = Lock<String?>(nil)

    // nonisolated(unsafe): only the loop's thread uses the following fields. Writers also read the token. They start
    // after `register` has set it.
    nonisolated(unsafe) var context: UnsafeMutablePointer<redisContext>?
    nonisolated(unsafe) var token: UInt64 = 0  // Set by `register`, before any writer reads it.
    nonisolated(unsafe) private var isConnected = false  // The loop's thread only.
    /// Called once when the socket is connected (`nil`) or refused.
    nonisolated(unsafe) var onConnect: ((RedisError?) -> Void)?  // The loop's thread only.
    /// Called once when the channel has ended, after all pending commands have failed.
    nonisolated(unsafe) var onEnd: ((RedisError) -> Void)?  // The loop's thread only.
    /// Receives all replies while subscribed, in place of the queue.
    nonisolated(unsafe) var pushReceiver: (any PushReceiver)?  // The loop's thread only.
    let builder: UnsafeMutablePointer<ReplyBuilder>
    nonisolated(unsafe) var completed: [ReplyQueue.Completed] = []  // The loop's thread only.
    nonisolated(unsafe) var sweepTimer: TimerHeap<Void>.Identifier?  // The loop's thread only.

    /// Takes over a context that is connecting.
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
        }
        if let context { redisFree(context) }
        builder.deinitialize(count: 1)
        builder.deallocate()
    }

    /// Sets the reply limits after the handshake, which has smaller ones. Runs on the loop's thread.
    func allow(_ limits: RedisReplyLimits) { builder.pointee.limits = limits }

    /// Starts to watch the socket. `onConnect` gets the outcome.
    func start() {
        token = loop.register(self, descriptor: descriptor, writable: true)
    }

    /// Whether the channel accepts commands at this moment.
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

    /// Ends the connecting. A refused connection is only visible here.
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

/// The operating system's message for an error number.
func systemText(_ number: Int32) -> String {
    String(cString: strerror(number))
}
