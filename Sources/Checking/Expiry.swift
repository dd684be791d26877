import History

/// Is nothing served past its time, and does no inner layer outlive the outer one that it was filled from?
///
/// The check works out every deadline itself, from the recorded fills and the declared lifetimes, and believes nothing that
/// the cache says of deadlines: an entry that a layer was filled with may be served until the end of the fill plus the
/// layer's lifetime, and no longer than the entry that it came from. A read served by a layer (or an inspection that found
/// an entry there) must be explained by a fill of that layer with that version, and must not start later than the latest
/// deadline of those fills plus the tolerance. Expiring early is legal.
///
/// Where several fills could have provided an entry the latest deadline counts, so there are no false alarms under
/// concurrency.
///
/// A pass proves that no recorded read or look met an entry past its time. It proves nothing about layers that nobody read.
///
/// O(n) with a dictionary of the copies and versions of each key.
public struct Expiry: Check {
    public let name = "expiry"
    /// How long an entry may stay in a layer, in nanoseconds.
    public let lifetimes: [Layer: Int64]
    /// How much later it may still be served, in nanoseconds.
    public let tolerance: Int64
    /// Which host each instance runs on; without it all share one L3.
    public let hosts: [Int32: Int32]

    public init(lifetimes: [Layer: Int64], tolerance: Int64 = 0, hosts: [Int32: Int32] = [:]) {
        self.lifetimes = lifetimes
        self.tolerance = tolerance
        self.hosts = hosts
    }

    private struct Copy: Hashable {
        let place: Place
        let version: Int64
    }

    /// What is known of a copy at some moment.
    private struct Known {
        /// The latest deadline of the fills that have ended, and the fill it belongs to.
        var deadline = Int64.min
        var fill: Operation?
        /// Fills under way: they may have taken effect already.
        var open: [Operation] = []
    }

    private enum Moment { case start, end }

    public func examine(_ history: History) -> CheckReport {
        var examined = 0
        var violations: [Violation] = []
        let groups = history.operationsByKey {
            $0.outcome == .ok
                && ($0.kind == .fill || (($0.kind == .read || ($0.kind == .inspect && !$0.isAbsent)) && $0.layer < .origin))
        }
        for operations in groups where !operations.isEmpty {
            var copies: [Copy: Known] = [:]
            for (time, moment, operation) in Self.moments(of: operations) {
                _ = time
                let copy = Copy(place: Place(operation.layer, of: operation, hosts: hosts), version: operation.version)
                switch (operation.kind, moment) {
                case (.fill, .start):
                    copies[copy, default: Known()].open.append(operation)
                case (.fill, .end):
                    let deadline = deadline(of: operation, copies)
                    copies[copy]?.open.removeAll { $0.id == operation.id }
                    if deadline > copies[copy]?.deadline ?? Int64.min {
                        copies[copy, default: Known()].deadline = deadline
                        copies[copy]?.fill = operation
                    }
                case (_, .start): break
                case (_, .end):
                    examined += 1
                    judge(operation, copies[copy], history, &violations)
                }
            }
        }
        return CheckReport(
            check: name, examined: examined, violations: violations, whatIsMissing: "read served by a cache layer")
    }

    /// Starts and ends in order of time; at one time starts first, since intervals are closed.
    private static func moments(of operations: [Operation]) -> [(Int64, Moment, Operation)] {
        var moments: [(time: Int64, moment: Moment, operation: Operation)] = []
        moments.reserveCapacity(2 * operations.count)
        for operation in operations {
            if operation.kind == .fill { moments.append((operation.start, .start, operation)) }
            moments.append((operation.end, .end, operation))
        }
        // A fill that ends when a read ends may have been what it read.
        func rank(_ moment: Moment, _ operation: Operation) -> Int {
            moment == .start ? 0 : operation.kind == .fill ? 1 : 2
        }
        moments.sort { ($0.time, rank($0.moment, $0.operation)) < ($1.time, rank($1.moment, $1.operation)) }
        return moments
    }

    private func deadline(of fill: Operation, _ copies: [Copy: Known]) -> Int64 {
        let own = lifetimes[fill.layer].map { fill.end + $0 } ?? Int64.max
        guard fill.source < .origin else { return own }
        let source = Copy(place: Place(fill.source, of: fill, hosts: hosts), version: fill.version)
        return min(own, copies[source].map(latestDeadline) ?? Int64.max)
    }

    /// Of the fills that have ended, and at most that of those under way.
    private func latestDeadline(_ known: Known) -> Int64 {
        known.open.reduce(known.deadline) { latest, fill in
            max(latest, lifetimes[fill.layer].map { fill.end + $0 } ?? Int64.max)
        }
    }

    private func judge(_ operation: Operation, _ known: Known?, _ history: History, _ violations: inout [Violation]) {
        guard let known, known.fill != nil || !known.open.isEmpty else {
            violations.append(
                Violation(
                    rule: "What a layer serves it was filled with.", operations: [operation], in: history))
            return
        }
        let deadline = latestDeadline(known)
        guard deadline < Int64.max - tolerance, operation.start > deadline + tolerance, let fill = known.fill else { return }
        violations.append(
            Violation(
                rule: "No layer serves an entry past its lifetime, or past that of the entry it was filled from.",
                operations: [fill, operation], in: history))
    }
}
