/// Random operations by every worker at once.
public struct Mix: Sendable, Hashable {
    /// How keys are picked.
    public enum Distribution: Sendable, Hashable {
        /// Each as often as any other.
        case uniform
        /// The key of rank k, counted from 1, in proportion to 1 / k^skew: few hot keys and a long tail.
        case zipf(skew: Double)
    }

    /// Which part of the operations each kind is. The five fractions add up to 1.
    public struct Shares: Sendable, Hashable {
        /// Reads, from 0 to 1.
        public var read: Double
        /// Writes, from 0 to 1.
        public var write: Double
        /// Deletions, from 0 to 1.
        public var delete: Double
        /// Invalidations of a key, from 0 to 1.
        public var invalidate: Double
        /// Invalidates a tag that the picked key carries.
        public var invalidateTag: Double

        /// Makes shares, each from 0 to 1; together they are 1.
        public init(
            read: Double = 0, write: Double = 0, delete: Double = 0, invalidate: Double = 0, invalidateTag: Double = 0
        ) {
            self.read = read
            self.write = write
            self.delete = delete
            self.invalidate = invalidate
            self.invalidateTag = invalidateTag
        }
    }

    /// The names of the data sets, in order; never empty. Their keys form one range, in this order, to pick from.
    public var data: [String]
    /// At least 1.
    public var operationsPerWorker: Int
    /// How many operations each worker begins in a second: the next one at its time, or as soon as the one before is
    /// over if that is later. What was late is made up for. `nil` as fast as they go. No time scale changes it.
    public var pace: Double?
    /// Which part of the operations each kind is.
    public var shares: Shares
    /// How keys are picked.
    public var distribution: Distribution

    /// Makes it; each argument is the property of the same name.
    public init(
        data: [String], operationsPerWorker: Int, pace: Double? = nil, shares: Shares,
        distribution: Distribution = .uniform
    ) {
        self.data = data
        self.operationsPerWorker = operationsPerWorker
        self.pace = pace
        self.shares = shares
        self.distribution = distribution
    }
}
