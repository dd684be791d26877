#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The clock of a history recorded on one host: nanoseconds since the machine started, the same for all its processes.
public enum MonotonicClock {
    /// Nanoseconds. Never goes backwards; about 20 ns a call.
    @inlinable
    public static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }
}
