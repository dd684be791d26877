/// Delays between attempts to reconnect: doubling up to a limit, a part of each left to chance. Pure.
package struct Backoff {
    private let initial: UInt64
    private let maximum: UInt64
    private let jitter: Double
    private var current: UInt64

    package init(_ configuration: RedisConfiguration) {
        maximum = configuration.reconnectMaximumDelay.nanoseconds
        initial = min(max(1, configuration.reconnectInitialDelay.nanoseconds), maximum)
        jitter = min(1, max(0, configuration.reconnectJitter))
        current = initial
    }

    /// The next delay in nanoseconds; the one after it is twice as long.
    /// - Parameter chance: a random number from 0 to 1.
    package mutating func next(chance: Double) -> UInt64 {
        let delay = current
        current = min(maximum, current.multipliedReportingOverflow(by: 2).overflow ? maximum : current * 2)
        return UInt64(Double(delay) * (1 - jitter * chance))
    }

    /// Begins again with the shortest delay.
    package mutating func reset() { current = initial }
}
