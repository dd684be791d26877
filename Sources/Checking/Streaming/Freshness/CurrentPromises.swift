import History

/// The strongest promises of one key or tag that hold now: one for everyone, one for each instance. And which
/// operations may still make a stronger one when an instance applies them.
struct CurrentPromises {
    private var everyone: Promise?
    private var single: [Promise] = []
    /// Operations whose `apply` may still raise a watermark, with what they promise.
    private(set) var awaited: [(id: Int64, threshold: Int64)] = []
    /// What every instance had been promised when `awaited` was looked through last.
    private var settled = Int64.min

    var retained: Int { (everyone == nil ? 0 : 1) + single.count + awaited.count }

    /// The thresholds by which a later read may be judged.
    var thresholds: [Int64] {
        (everyone.map { [$0.threshold] } ?? []) + single.map(\.threshold) + awaited.map(\.threshold)
    }

    /// A promise begins to hold.
    mutating func raise(_ promise: Promise) {
        guard let reader = promise.reader else {
            if everyone == nil || everyone!.threshold < promise.threshold { everyone = promise }
            return
        }
        guard let place = single.firstIndex(where: { $0.reader == reader }) else {
            single.append(promise)
            return
        }
        if single[place].threshold < promise.threshold { single[place] = promise }
    }

    /// The strongest promise on which a reader of this instance may rely.
    func strongest(for instance: Int32) -> Promise? {
        guard let own = single.first(where: { $0.reader == instance }) else { return everyone }
        guard let everyone else { return own }
        return own.threshold > everyone.threshold ? own : everyone
    }

    /// Whether a reader of this instance may rely on less than this threshold.
    func isBehind(_ instance: Int32, _ threshold: Int64) -> Bool {
        (strongest(for: instance)?.threshold ?? .min) < threshold
    }

    /// Waits for instances to apply an operation.
    mutating func await(_ id: Int64, _ threshold: Int64) { awaited.append((id, threshold)) }

    /// Stops waiting for applications of an operation.
    mutating func stopAwaiting(_ id: Int64) { awaited.removeAll { $0.id == id } }

    /// Stops waiting for what would promise nothing new to any of these instances.
    /// - Returns: the ids of those operations.
    mutating func removeSettled(_ instances: [Int32]) -> [Int64] {
        guard !awaited.isEmpty, !instances.isEmpty else { return [] }
        var weakest = Int64.max
        for instance in instances { weakest = min(weakest, strongest(for: instance)?.threshold ?? .min) }
        guard weakest != settled || awaited.last!.threshold <= weakest else { return [] }
        settled = weakest
        var removed: [Int64] = []
        awaited.removeAll {
            guard $0.threshold <= weakest else { return false }
            removed.append($0.id)
            return true
        }
        return removed
    }
}
