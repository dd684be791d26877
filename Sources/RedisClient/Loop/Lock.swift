#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// A value behind a POSIX mutex.
///
/// `Synchronization.Mutex` would be a little faster, but ThreadSanitizer cannot see its contended path on Linux and
/// reports a race at every use; with this lock the client can be checked. Not recursive. Never held across a system
/// call that may block, nor while foreign code runs.
final class Lock<Value>: @unchecked Sendable {
    // @unchecked Sendable: `value` is only reached through `withLock`, which holds `mutex`.
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let value: UnsafeMutablePointer<Value>

    init(_ initial: consuming sending Value) {
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
    @inline(__always)
    func withLock<Result, Failure: Error>(_ body: (inout Value) throws(Failure) -> Result) throws(Failure) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body(&value.pointee)
    }
}
