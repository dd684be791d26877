/// What the bus did for one instance, since it joined.
public struct BusCounts: Sendable, Hashable, Codable {
    /// Announcements that this instance has made.
    public var published = 0
    /// Announcements of others that it was given.
    public var received = 0
    /// Own announcements that came back. They were obeyed when they were made.
    public var ownFiltered = 0
    /// Announcements that came more than once; the second is dropped.
    public var duplicatesFiltered = 0
    /// Holes in the sequence of logical times.
    public var gaps = 0
    /// Announcements in those holes. They never come, since logical time is the order of the bus.
    public var lost = 0
    /// Times that the connection was lost.
    public var disconnections = 0
    /// Times that the instance took everything older for suspect, because something may have been missed.
    public var distrusted = 0
    /// Times that the instance was back and was brought all that had been announced meanwhile.
    public var caughtUp = 0
    /// The logical time of the latest announcement that was applied; 0 before the first.
    public var applied: Int64 = 0

    /// Nothing yet.
    public init() {}

    /// The counts of two, one after the other.
    public static func + (left: BusCounts, right: BusCounts) -> BusCounts {
        var sum = left
        sum.published += right.published
        sum.received += right.received
        sum.ownFiltered += right.ownFiltered
        sum.duplicatesFiltered += right.duplicatesFiltered
        sum.gaps += right.gaps
        sum.lost += right.lost
        sum.disconnections += right.disconnections
        sum.distrusted += right.distrusted
        sum.caughtUp += right.caughtUp
        sum.applied = max(left.applied, right.applied)
        return sum
    }
}
