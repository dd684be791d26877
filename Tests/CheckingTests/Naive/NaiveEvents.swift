import Checking
import History

/// The referees of the checks that look at events, values and amounts.
enum NaiveEvents {
    static func delivery(_ history: History, _ order: Delivery.Order, subscribers: Set<Int32>?) -> NaiveRuling {
        var ruling = NaiveRuling()
        let publications = history.operations.filter { $0.kind == .publish }
        let receipts = history.operations.filter { $0.kind == .receive && $0.outcome == .ok }
        func publication(of receipt: Operation) -> Operation? { publications.first { $0.id == receipt.cause } }
        for receipt in receipts {
            // "What is received was published and not in vain (the publication did not fail)."
            guard let published = publication(of: receipt), published.outcome != .failed else {
                ruling.examine(isBroken: true)
                continue
            }
            let isTooSoon = receipt.end < published.start
            let isOwn = receipt.instance == published.instance
            let isRepeated = receipts.contains {
                $0.id != receipt.id && $0.cause == receipt.cause && $0.instance == receipt.instance
            }
            // "If one publication precedes another, the receipt of the second does not end before that of the first
            // begins."
            let isOvertaken = receipts.contains { other in
                guard other.instance == receipt.instance, let later = publication(of: other) else { return false }
                let isOrdered = order == .channel || order == .sender && later.instance == published.instance
                return isOrdered && published.precedes(later) && other.end < receipt.start
            }
            ruling.examine(isBroken: isTooSoon || isOwn || isRepeated || isOvertaken)
        }
        // "An event (outcome `ok`) that did not arrive, not even by a receipt of unknown outcome, is a violation."
        for published in publications where published.outcome == .ok {
            for subscriber in subscribers ?? [] where subscriber != published.instance {
                let hasArrived = history.operations.contains {
                    $0.kind == .receive && $0.outcome != .failed && $0.cause == published.id
                        && $0.instance == subscriber
                }
                ruling.examine(isBroken: !hasArrived)
            }
        }
        return ruling
    }

    /// "A value that is read or found by an inspection (outcome `ok`), and that some write (not failed) wrote, was
    /// written under the same key. If several keys have such a write, each of them is right."
    static func isolation(_ history: History) -> NaiveRuling {
        var ruling = NaiveRuling()
        for found in history.operations where found.kind == .read || found.kind == .inspect {
            guard found.outcome == .ok, found.value != 0, !found.isAbsent else { continue }
            let writes = history.operations.filter { $0.isWriteOrDelete && $0.outcome != .failed }
            // "Keys with a write of unknown outcome and without a value are not judged."
            if writes.contains(where: { $0.key == found.key && $0.outcome == .unknown && $0.value == 0 }) { continue }
            let writers = writes.filter { $0.value == found.value }
            if !writers.isEmpty { ruling.examine(isBroken: !writers.contains { $0.key == found.key }) }
        }
        return ruling
    }

    /// "No measurement of a resource (outcome `ok`) exceeds its bound, and the last one in each instance does not
    /// exceed what may be left in the end. A bound at which nothing was measured is `unknown`."
    static func resources(
        _ history: History, limits: [String: Int64], finalLimits: [String: Int64]
    ) -> NaiveRuling {
        var ruling = NaiveRuling()
        func measured(_ name: String) -> [Operation] {
            history.operations.filter { $0.kind == .gauge && $0.outcome == .ok && history.keyName(of: $0) == name }
        }
        for (name, limit) in limits {
            if measured(name).isEmpty { ruling.isDoubtful = true }
            for gauge in measured(name) { ruling.examine(isBroken: gauge.value > limit) }
        }
        for (name, limit) in finalLimits {
            if measured(name).isEmpty { ruling.isDoubtful = true }
            for (_, gauges) in Dictionary(grouping: measured(name), by: \.instance) {
                // "Where several overlap that may be the last, the least of them counts: all with an end no earlier
                // than the latest start."
                let latest = gauges.map(\.start).max()!
                let least = gauges.filter { $0.end >= latest }.map(\.value).min()!
                ruling.examine(isBroken: least > limit)
            }
        }
        return ruling
    }

    /// "Each process has one manager, whose pool has no more connections open than it may have; each subscriber has
    /// one; and nobody is connected who belongs to no manager."
    static func connections(_ history: History, limit: Int64) -> NaiveRuling {
        var ruling = NaiveRuling()
        for gauge in history.operations where gauge.kind == .gauge && gauge.outcome == .ok {
            let name = history.keyName(of: gauge)!
            if name == "connections listed" { ruling.examined += 1 }
            let isBroken =
                name.hasPrefix("managers of process ") && gauge.value != 1
                || name.hasPrefix("connections of the pool of ") && gauge.value > limit
                || name.hasPrefix("connections of the subscriber ") && gauge.value > 1
                || name.hasPrefix("connections past any manager: ")
            if isBroken { ruling.broken += 1 }
        }
        return ruling
    }
}
