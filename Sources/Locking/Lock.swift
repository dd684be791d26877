#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// A value behind a POSIX mutex.
///
/// `Synchronization.Mutex` would be a little faster, but on Linux its contended path lies in a library that the thread
/// sanitizer does not see into, and every use of it is reported as a race. A race in what this package guards must be
/// seen, so it does without. Not recursive; never held across a suspension, a system call that may block, or foreign code.
public struct Lock<Value>: ~Copyable, @unchecked Sendable {
    // Unchecked, because `value` is reached through `withLock` only, which holds `mutex`.
    @usableFromInline let mutex: UnsafeMutablePointer<pthread_mutex_t>
    @usableFromInline let value: UnsafeMutablePointer<Value>

    @inlinable
    public init(_ initial: consuming sending Value) {
        mutex = .allocate(capacity: 1)
        mutex.initialize(to: pthread_mutex_t())
        precondition(pthread_mutex_init(mutex, nil) == 0, "a POSIX mutex could not be made")
        value = .allocate(capacity: 1)
        value.initialize(to: initial)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deinitialize(count: 1)
        mutex.deallocate()
        value.deinitialize(count: 1)
        value.deallocate()
    }

    /// Runs `body` with the value while no other thread does.
    @inlinable
    @inline(__always)
    public borrowing func withLock<Result, Failure: Error>(
        _ body: (inout Value) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body(&value.pointee)
    }
}
