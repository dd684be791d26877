/// What a subscriber has been given of one source: to be kept, and passed in after a restart, so that nothing is
/// delivered twice and what was missed stays counted.
public struct DeliveredEvents: Sendable, Hashable, Codable {
    public var source: EventSource
    /// The highest number that is known of.
    public var highest: UInt64
    /// What is missing up to it, ascending: the newest 1,024 holes.
    public var missing: [ClosedRange<UInt64>]

    /// What was given, from its parts.
    public init(source: EventSource, highest: UInt64, missing: [ClosedRange<UInt64>] = []) {
        self.source = source
        self.highest = highest
        self.missing = missing
    }
}
