extension Metric {
    /// `read.latency`: how long a read took. In nanoseconds.
    public static let readLatency = Metric(
        "read.latency", .sampled, .nanoseconds, [.layer, .phase], "how long a read took")
    /// `write.latency`: how long a write or a delete took. In nanoseconds.
    public static let writeLatency = Metric(
        "write.latency", .sampled, .nanoseconds, [.phase], "how long a write or a delete took")
    /// `invalidation.latency`: how long an invalidation of a key or a tag took. In nanoseconds.
    public static let invalidationLatency = Metric(
        "invalidation.latency", .sampled, .nanoseconds, [.phase], "how long an invalidation of a key or a tag took")
    /// `propagation`: from the start of a write, a delete or an invalidation until the last instance has applied it. In
    /// nanoseconds.
    public static let propagation = Metric(
        "propagation", .sampled, .nanoseconds, [.phase],
        "from the start of a write, a delete or an invalidation until the last instance has applied it")
    /// `staleness`: for how long a newer value had existed when a read began. In nanoseconds.
    public static let staleness = Metric(
        "staleness", .sampled, .nanoseconds, [.phase], "for how long a newer value had existed when a read began")
    /// `staleness.versions`: how many newer versions had existed when a read began. A number.
    public static let stalenessVersions = Metric(
        "staleness.versions", .sampled, .count, [.phase], "how many newer versions had existed when a read began")
    /// `warming.duration`: how long a bulk refill of one instance took. In nanoseconds.
    public static let warmingDuration = Metric(
        "warming.duration", .sampled, .nanoseconds, [.phase, .instance], "how long a bulk refill of one instance took")
    /// `warming.coverage`: which part of the keys a bulk refill brought in. In percent.
    public static let warmingCoverage = Metric(
        "warming.coverage", .sampled, .percent, [.phase, .instance], "which part of the keys a bulk refill brought in")
    /// `consistency.duration`: how long a look at all layers of all instances took. In nanoseconds.
    public static let consistencyDuration = Metric(
        "consistency.duration", .sampled, .nanoseconds, [.phase], "how long a look at all layers of all instances took")
    /// `consistency.agreement`: which part of the looks agreed with the origin. In percent.
    public static let consistencyAgreement = Metric(
        "consistency.agreement", .sampled, .percent, [.phase], "which part of the looks agreed with the origin")
    /// `hit-ratio`: which part of the reads that came as far as a layer it served. In percent.
    public static let hitRatio = Metric(
        "hit-ratio", .scalar, .percent, [.layer], "which part of the reads that came as far as a layer it served")
    /// `throughput`: operations that finished in a second, waits left out. Operations in a second.
    public static let throughput = Metric(
        "throughput", .scalar, .perSecond, [.phase], "operations that finished in a second, waits left out")
    /// `operations.failed`: which part of the operations failed or timed out. In percent.
    public static let operationsFailed = Metric(
        "operations.failed", .scalar, .percent, [.phase], "which part of the operations failed or timed out")
    /// `loads`: how often the cache asked the origin. A number.
    public static let loads = Metric(
        "loads", .scalar, .count, [], "how often the cache asked the origin")
    /// `redis.round-trip`: a bare PING, measured in the same run. In nanoseconds.
    public static let redisRoundTrip = Metric(
        "redis.round-trip", .sampled, .nanoseconds, [], "a bare PING, measured in the same run")

    /// `recovery`: from the end of a fault until all of its victims serve from their own layers again. In nanoseconds.
    public static let recovery = Metric(
        "recovery", .sampled, .nanoseconds, [.phase],
        "from the end of a fault until all of its victims serve from their own layers again")

    /// `breaker.openings`: how often circuit breakers opened. A number.
    public static let breakerOpenings = Metric(
        "breaker.openings", .scalar, .count, [], "how often circuit breakers opened")
    /// `breaker.open`: from the moment in which a circuit breaker opened until it was closed again. In nanoseconds.
    public static let breakerOpen = Metric(
        "breaker.open", .sampled, .nanoseconds, [.phase],
        "from the moment in which a circuit breaker opened until it was closed again")

    /// What a run of a cluster can measure.
    public static let ofCluster: [Metric] = [
        readLatency, writeLatency, invalidationLatency, propagation, staleness, stalenessVersions, warmingDuration,
        warmingCoverage, consistencyDuration, consistencyAgreement, hitRatio, throughput, operationsFailed, loads,
        redisRoundTrip, recovery, breakerOpenings, breakerOpen,
    ]

    /// Everything that a run can measure.
    public static let catalogue: [Metric] = ofCluster + ofBridge

    /// The metric of that name, `nil` if there is none.
    public static func named(_ name: String) -> Metric? { catalogue.first { $0.name == name } }
}
