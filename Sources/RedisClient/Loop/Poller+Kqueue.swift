#if canImport(Darwin)
    import Darwin

    /// Waits for sockets with kqueue, level-triggered.
    ///
    /// One thread calls `wait`. Any thread may call the other methods.
    struct Poller: Sendable {
        /// The state of a socket. `readable` includes hang-ups and errors, which the next read reports.
        struct Event {
            var token: UInt64
            var readable: Bool
            var writable: Bool
        }

        private static let capacity = 64

        private let queue: Int32
        // nonisolated(unsafe): only `wait` uses the memory, on the loop's thread.
        private nonisolated(unsafe) let ready: UnsafeMutablePointer<kevent64_s>

        init() {
            queue = kqueue()
            precondition(queue >= 0, "no file descriptor left for the event loop: errno \(errno)")
            ready = .allocate(capacity: Self.capacity)
            change(0, EVFILT_USER, EV_ADD | EV_CLEAR, 0)
        }

        /// Starts to watch a socket for reading, and for writing if `writable`.
        func add(_ descriptor: Int32, token: UInt64, writable: Bool) {
            change(UInt64(descriptor), EVFILT_READ, EV_ADD, token)
            if writable { watchWriting(true, descriptor, token: token) }
        }

        /// Starts or stops to watch for writing. No effect on a socket that is not watched.
        func watchWriting(_ wanted: Bool, _ descriptor: Int32, token: UInt64) {
            change(UInt64(descriptor), EVFILT_WRITE, wanted ? EV_ADD : EV_DELETE, token)
        }

        func remove(_ descriptor: Int32) {
            change(UInt64(descriptor), EVFILT_READ, EV_DELETE, 0)
            change(UInt64(descriptor), EVFILT_WRITE, EV_DELETE, 0)
        }

        /// Ends the current or the next `wait` at once.
        func wake() {
            change(0, EVFILT_USER, 0, 0, flags: UInt32(NOTE_TRIGGER))
        }

        /// Waits until a socket is ready, `wake` was called, or the time has passed.
        ///
        /// - Parameters:
        ///   - nanoseconds: the maximum time. ``MonotonicTime/never`` means no limit.
        ///   - handle: gets each socket that is ready, and `nil` for a call of `wake`.
        /// - Returns: whether `wake` was called.
        func wait(nanoseconds: UInt64, _ handle: (Event?) -> Void) -> Bool {
            var limit = timespec(
                tv_sec: Int(clamping: nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
            let count =
                nanoseconds == MonotonicTime.never
                ? kevent64(queue, nil, 0, ready, Int32(Self.capacity), 0, nil)
                : kevent64(queue, nil, 0, ready, Int32(Self.capacity), 0, &limit)
            var woken = false
            for index in 0..<max(0, Int(count)) {
                let event = ready[index]
                if Int32(event.filter) == EVFILT_USER {
                    woken = true
                    handle(nil)
                    continue
                }
                let writable = Int32(event.filter) == EVFILT_WRITE
                handle(Event(token: event.udata, readable: !writable, writable: writable))
            }
            return woken
        }

        private func change(_ identifier: UInt64, _ filter: Int32, _ action: Int32, _ token: UInt64, flags: UInt32 = 0)
        {
            var event = kevent64_s(
                ident: identifier, filter: Int16(filter), flags: UInt16(action), fflags: flags, data: 0, udata: token,
                ext: (0, 0))
            _ = kevent64(queue, &event, 1, nil, 0, 0, nil)
        }
    }
#endif
