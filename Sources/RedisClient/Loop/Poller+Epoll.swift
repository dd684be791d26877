#if os(Linux)
    import CHiredis
    import Glibc

    /// Waits for sockets with epoll, level-triggered.
    ///
    /// One thread calls `wait`. Any thread may call the other methods.
    struct Poller: Sendable {
        /// The state of a socket. `readable` includes hang-ups and errors, which the next read reports.
        struct Event {
            var token: UInt64
            var readable: Bool
            var writable: Bool
        }

        private static let wakeToken = UInt64.max
        private static let capacity = 64

        private let epoll: Int32
        private let waker: Int32
        // nonisolated(unsafe): only `wait` uses the memory, on the loop's thread.
        private nonisolated(unsafe) let ready: UnsafeMutablePointer<epoll_event>

        init() {
            epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
            waker = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
            precondition(epoll >= 0 && waker >= 0, "no file descriptor left for the event loop: errno \(errno)")
            ready = .allocate(capacity: Self.capacity)
            control(EPOLL_CTL_ADD, waker, EPOLLIN.rawValue, Self.wakeToken)
        }

        /// Starts to watch a socket for reading, and for writing if `writable`.
        func add(_ descriptor: Int32, token: UInt64, writable: Bool) {
            control(EPOLL_CTL_ADD, descriptor, EPOLLIN.rawValue | (writable ? EPOLLOUT.rawValue : 0), token)
        }

        /// Starts or stops to watch for writing. No effect on a socket that is not watched.
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

        /// Waits until a socket is ready, `wake` was called, or the time has passed.
        ///
        /// - Parameters:
        ///   - nanoseconds: the maximum time, rounded up to whole milliseconds, so that the loop does not spin just
        ///     before a deadline. ``MonotonicTime/never`` means no limit.
        ///   - handle: gets each socket that is ready, and `nil` for a call of `wake`.
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
