import History

/// How stale the reads of a history were: a measurement, without a judgement.
public struct StalenessDistribution: Sendable, Hashable {
    /// The staleness of every read, in nanoseconds, ascending. Reads that were current are there with 0;
    /// what does not fit into 63 bits is the greatest number.
    public let ages: [Int64]
    /// For every read, how many newer versions had finished when it began, ascending.
    public let lags: [Int]
    /// Keys that were left out because their writes have no versions.
    public let keysWithoutVersions: Int

    /// Measures the reads that returned. O(n log n).
    /// - Parameter include: which reads to measure, to narrow the figures to a layer, an instance or a window of time.
    public init(of history: History, including include: (Operation) -> Bool = { _ in true }) {
        var ages: [Int64] = []
        var lags: [Int] = []
        keysWithoutVersions = StalenessSample.forEach(in: history) { read, sample in
            guard include(read) else { return }
            ages.append(Int64(clamping: sample.age))
            lags.append(sample.lag)
        }
        ages.sort()
        lags.sort()
        self.ages = ages
        self.lags = lags
    }

    /// Calls with every read that returned, key by key, and how stale it was in nanoseconds: 0 if it was current. Reads
    /// of keys whose writes have no versions are left out. O(n log n).
    package static func forEachRead(of history: History, _ body: (_ read: Operation, _ age: Int64) -> Void) {
        _ = StalenessSample.forEach(in: history) { read, sample in body(read, Int64(clamping: sample.age)) }
    }

    /// How many reads were measured.
    public var count: Int { ages.count }

    /// How many of them returned a version that was no longer the newest one finished.
    public var staleCount: Int { ages.count { $0 > 0 } }

    /// The staleness in nanoseconds that a share of the reads does not exceed; `nil` without reads. O(1).
    /// - Parameter share: from 0 (the least) to 1 (the most); 0.5 is the median. By nearest rank.
    public func age(at share: Double) -> Int64? { Self.quantile(of: ages, at: share) }

    /// The same for the number of versions behind.
    public func lag(at share: Double) -> Int? { Self.quantile(of: lags, at: share) }

    private static func quantile<Sample>(of samples: [Sample], at share: Double) -> Sample? {
        guard !samples.isEmpty else { return nil }
        let rank = (min(max(share, 0), 1) * Double(samples.count)).rounded(.up)
        return samples[min(max(Int(rank) - 1, 0), samples.count - 1)]
    }
}
