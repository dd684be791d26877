extension Scenario {
    /// How many operations a phase has, of all workers together; `Int.max` for what no `Int` holds. A key that an
    /// instance warms counts as one.
    public func operationCount(of action: Phase.Action) -> Int {
        switch action {
        case .sweep(let sweep):
            let keys = sweep.data.compactMap(dataSet(named:))
                .reduce(0) { $0.addingSaturated(min($1.keys, sweep.keys ?? .max)) }
            let warms = sweep.operation == .warm && sweep.by == .everyWorker
            return keys.multipliedSaturated(by: warms ? cluster.instances : sweep.by.count(in: cluster))
        case .invalidateTags(let sweep): return sweep.tags.count.multipliedSaturated(by: sweep.by.count(in: cluster))
        case .mix(let mix): return mix.operationsPerWorker.multipliedSaturated(by: cluster.totalWorkers)
        case .script(let script): return script.workers.reduce(0) { $0.addingSaturated($1.count) }
        case .wait, .inspect: return 0
        }
    }

    /// How many keys there are in all.
    public var keyCount: Int { data.reduce(0) { $0.addingSaturated($1.keys) } }

    /// The bytes of all values together, each counted once.
    public var dataSize: Int { data.reduce(0) { $0.addingSaturated($1.keys.multipliedSaturated(by: $1.valueSize)) } }

    /// The scenario with the most keys, instances and workers that any of its variants has.
    var largestVariant: Scenario {
        var largest = self
        if let keys = variation.keys?.max() {
            for index in largest.data.indices { largest.data[index].keys = keys }
        }
        if let instances = variation.instances?.max() { largest.cluster.instances = instances }
        if let workers = variation.workers?.max() { largest.cluster.workers = workers }
        return largest
    }

    /// Whether variants differ in size.
    var isLargeByVariation: Bool { [variation.keys, variation.instances, variation.workers].contains { $0 != nil } }
}

extension Int {
    /// The sum of two numbers that are not negative; the largest number if there is no room for it.
    func addingSaturated(_ other: Int) -> Int {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }

    /// The product of two numbers that are not negative; the largest number if there is no room for it.
    func multipliedSaturated(by other: Int) -> Int {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        return overflow ? .max : product
    }
}

/// How large a scenario may be. A typing error is reported, and does not occupy a machine for hours.
public struct ScenarioLimits: Sendable, Hashable {
    /// The keys of all data sets together.
    public var keys: Int
    /// The bytes of a value.
    public var valueSize: Int
    /// The bytes of all values together.
    public var dataSize: Int
    /// The operations of all phases and workers together.
    public var operations: Int
    /// Whether a larger scenario could be allowed.
    let canBeRaised: Bool

    /// 10⁶ keys, values of 16 MiB, 4 GiB in all, 10⁸ operations.
    public static let usual = ScenarioLimits(
        keys: 1_000_000, valueSize: 16 << 20, dataSize: 4 << 30, operations: 100_000_000, canBeRaised: true)

    /// What the command takes with `--large`: 10⁷ keys, values of 64 MiB, 64 GiB in all, 10¹⁰ operations.
    public static let large = ScenarioLimits(
        keys: 10_000_000, valueSize: 64 << 20, dataSize: 64 << 30, operations: 10_000_000_000, canBeRaised: false)

    /// `at most …`, with how to have more.
    func atMost(_ amount: String, or larger: String) -> String {
        "at most \(amount)" + (canBeRaised ? " (\(larger) with --large)" : "")
    }
}
