extension Metric {
    public static let readLatency = Metric(
        "read.latency", .sampled, .nanoseconds, [.layer, .phase], "how long a read took")
    public static let writeLatency = Metric(
        "write.latency", .sampled, .nanoseconds, [.phase], "how long a write or a delete took")
    public static let invalidationLatency = Metric(
        "invalidation.latency", .sampled, .nanoseconds, [.phase], "how long an invalidation of a key or a tag took")
    public static let propagation = Metric(
        "propagation", .sampled, .nanoseconds, [.phase],
        "from the start of a write, a delete or an invalidation until the last instance has applied it")
    public static let staleness = Metric(
        "staleness", .sampled, .nanoseconds, [.phase], "for how long a newer value had existed when a read began")
    public static let stalenessVersions = Metric(
        "staleness.versions", .sampled, .count, [.phase], "how many newer versions had existed when a read began")
    public static let warmingDuration = Metric(
        "warming.duration", .sampled, .nanoseconds, [.phase, .instance], "how long a bulk refill of one instance took")
    public static let warmingCoverage = Metric(
        "warming.coverage", .sampled, .percent, [.phase, .instance], "which part of the keys a bulk refill brought in")
    public static let consistencyDuration = Metric(
        "consistency.duration", .sampled, .nanoseconds, [.phase], "how long a look at all layers of all instances took")
    public static let consistencyAgreement = Metric(
        "consistency.agreement", .sampled, .percent, [.phase], "which part of the looks agreed with the origin")
    public static let hitRatio = Metric(
        "hit-ratio", .scalar, .percent, [.layer], "which part of the reads that came as far as a layer it served")
    public static let throughput = Metric(
        "throughput", .scalar, .perSecond, [.phase], "operations that finished in a second, waits left out")
    public static let operationsFailed = Metric(
        "operations.failed", .scalar, .percent, [.phase], "which part of the operations failed or timed out")
    public static let loads = Metric(
        "loads", .scalar, .count, [], "how often the cache asked the origin")
    public static let redisRoundTrip = Metric(
        "redis.round-trip", .sampled, .nanoseconds, [], "a bare PING, measured in the same run")

    public static let recovery = Metric(
        "recovery", .sampled, .nanoseconds, [.phase],
        "from the end of a fault until all of its victims serve from their own layers again")

    public static let breakerOpenings = Metric(
        "breaker.openings", .scalar, .count, [], "how often circuit breakers opened")
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
