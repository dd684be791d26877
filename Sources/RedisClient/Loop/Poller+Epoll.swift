#if os(Linux)
    import CHiredis
    import Glibc

    /// Waits for sockets with epoll, level-triggered.
    ///
    /// `wait` belongs to one thread; everything else may be called from any.
    struct Poller: Sendable {
        /// What a socket is ready for. `readable` includes hang-ups and errors: reading tells which.
        struct Event {
            var token: UInt64
            var readable: Bool
            var writable: Bool
        }

        private static let wakeToken = UInt64.max
        private static let capacity = 64

        private let epoll: Int32
        private let waker: Int32
        // nonisolated(unsafe): only `wait` touches the memory, on the loop's thread.
        private nonisolated(unsafe) let ready: UnsafeMutablePointer<epoll_event>

        init() {
            epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
            waker = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
            precondition(epoll >= 0 && waker >= 0, "no file descriptor left for the event loop: errno \(errno)")
            ready = .allocate(capacity: Self.capacity)
            control(EPOLL_CTL_ADD, waker, EPOLLIN.rawValue, Self.wakeToken)
        }

        /// Begins to watch a socket for reading, and for writing too if asked.
        func add(_ descriptor: Int32, token: UInt64, writable: Bool) {
            control(EPOLL_CTL_ADD, descriptor, EPOLLIN.rawValue | (writable ? EPOLLOUT.rawValue : 0), token)
        }

        /// Says whether to watch for writing. Harmless for a socket that is not watched any more.
        func watchWriting(_ wanted: Bool, _ descriptor: Int32, token: UInt64) {
            control(EPOLL_CTL_MOD, descriptor, EPOLLIN.rawValue | (wanted ? EPOLLOUT.rawValue : 0), token)
        }

        func remove(_ descriptor: Int32) {
            control(EPOLL_CTL_DEL, descriptor, 0, 0)
        }

        /// Ends the current or the next `wait` at once.
        func wake() {
            var one: UInt64 = 1
            _ = write(waker, &one, 8)
        }

        /// Waits until something is ready, `wake` was called, or the time is up.
        /// - Parameter nanoseconds: how long at most; rounded up to whole milliseconds, so that a loop waiting for a
        ///   deadline does not spin just before it. ``MonotonicTime/never`` waits for ever.
        /// - Parameter handle: given every socket that is ready, and `nil` for a call of `wake`.
        /// - Returns: whether `wake` was called.
        func wait(nanoseconds: UInt64, _ handle: (Event?) -> Void) -> Bool {
            let milliseconds: Int32 =
                nanoseconds == MonotonicTime.never
                ? -1 : Int32(clamping: nanoseconds / 1_000_000 + (nanoseconds % 1_000_000 == 0 ? 0 : 1))
            let count = epoll_wait(epoll, ready, Int32(Self.capacity), milliseconds)
            var woken = false
            for index in 0..<max(0, Int(count)) {
                let event = ready[index]
                if event.data.u64 == Self.wakeToken {
                    var value: UInt64 = 0
                    _ = read(waker, &value, 8)
                    woken = true
                    handle(nil)
                    continue
                }
                handle(
                    Event(
                        token: event.data.u64, readable: event.events & ~EPOLLOUT.rawValue != 0,
                        writable: event.events & (EPOLLOUT.rawValue | EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0))
            }
            return woken
        }

        private func control(_ operation: Int32, _ descriptor: Int32, _ events: UInt32, _ token: UInt64) {
            var event = epoll_event(events: events, data: epoll_data_t(u64: token))
            epoll_ctl(epoll, operation, descriptor, &event)
        }
    }
#endif
