import History

/// The bus gives each event once to each other instance, and in order.
///
/// **Rules**, for the operations `publish` and `receive`, where the cause of a `receive` is the `publish`:
/// - what is received was published, not later, and its publication did not fail;
/// - no instance receives an event twice;
/// - none receives its own;
/// - of two events whose publications followed one another, no instance receives the second and then the first;
/// - each event whose publication succeeded reaches every other subscriber, if ``subscribers`` says who they are.
///
/// **A pass proves** this of the recorded events. Without ``subscribers`` it does not prove that anything arrived that
/// was not recorded as received: an instance that was away rightly misses events, and the history does not say who was.
/// Histories name no channels: all events are taken to be on one.
///
/// **Complexity.** O(n log n).
public struct Delivery: Check {
    /// The name in scenario files and reports: `delivery`.
    public let name = "delivery"

    /// Which events must arrive in the order of their publications.
    public enum Order: String, Sendable, Codable, CaseIterable {
        /// None.
        case none
        /// Those of one instance.
        case sender
        /// All.
        case channel
    }

    /// Instances that must receive every event but their own; `nil` does not judge what is missing. For runs without
    /// losses of connection that were left to settle.
    public var subscribers: Set<Int32>?
    /// Which events must arrive in the order of their publications.
    public var order: Order
    /// How many violations are reported; all are counted. With 0 they are counted only.
    public var maximumViolations: Int

    /// Makes the check; each argument is the property of the same name.
    public init(subscribers: Set<Int32>? = nil, order: Order = .sender, maximumViolations: Int = 10) {
        self.subscribers = subscribers
        self.order = order
        self.maximumViolations = maximumViolations
    }

    /// Judges a history. O(n log n).
    /// - Returns: a violation with its proof, a pass if every operation that the rule concerns was judged, or unknown
    ///   with the reason.
    public func examine(_ history: History) -> CheckReport {
        let operations = history.operations
        var publications: [Int64: Operation] = [:]
        for operation in operations where operation.kind == .publish { publications[operation.id] = operation }
        var findings = Findings(history, keeping: maximumViolations)
        var examined = 0
        var arrivals: [Arrival.Destination: Operation] = [:]
        // What may have arrived is not missing.
        var uncertain: Set<Arrival.Destination> = []
        var queues: [Queue: [Arrival]] = [:]
        for receipt in operations where receipt.kind == .receive {
            if receipt.outcome == .unknown {
                uncertain.insert(Arrival.Destination(event: receipt.cause, instance: receipt.instance))
            }
            guard receipt.outcome == .ok else { continue }
            examined += 1
            guard let publication = explain(receipt, publications[receipt.cause], &findings) else { continue }
            let place = Arrival.Destination(event: publication.id, instance: receipt.instance)
            if let first = arrivals[place] {
                findings.add(rule: "No instance receives an event twice.", [publication, first, receipt]) { _ in
                    "Instance \(receipt.instance) had event \(publication.id) already."
                }
                continue
            }
            arrivals[place] = receipt
            let queue = Queue(sender: order == .sender ? publication.instance : -1, receiver: receipt.instance)
            queues[queue, default: []].append(Arrival(publication: publication, receipt: receipt))
        }
        if order != .none {
            for queue in queues.values { compareOrder(queue, &findings) }
        }
        for subscriber in subscribers ?? [] {
            for publication in operations
            where publication.kind == .publish && publication.outcome == .ok && publication.instance != subscriber {
                examined += 1
                let place = Arrival.Destination(event: publication.id, instance: subscriber)
                if arrivals[place] != nil || uncertain.contains(place) { continue }
                findings.add(rule: "Each event reaches every other subscriber.", [publication]) { _ in
                    "Instance \(subscriber) never received event \(publication.id)."
                }
            }
        }
        return findings.report(
            check: name, examined: examined, reason: examined == 0 ? "no event was received" : nil)
    }

    /// The publication of what was received, if it explains it.
    private func explain(_ receipt: Operation, _ publication: Operation?, _ findings: inout Findings) -> Operation? {
        guard let publication else {
            findings.add(rule: "What is received was published.", [receipt]) { _ in
                "Nobody published event \(receipt.cause)."
            }
            return nil
        }
        if publication.outcome == .failed {
            findings.add(rule: "An event whose publication failed is not received.", [publication, receipt]) { _ in
                "Event \(publication.id) certainly was not sent."
            }
            return nil
        }
        if receipt.end < publication.start {
            findings.add(rule: "No event is received before its publication has begun.", [publication, receipt]) { _ in
                let time = Duration.text(from: receipt.end, to: publication.start)
                return "Event \(publication.id) was there \(time) too early."
            }
            return nil
        }
        if publication.instance == receipt.instance {
            findings.add(rule: "No instance receives its own event.", [publication, receipt]) { _ in
                "Instance \(receipt.instance) was given event \(publication.id), which it had sent itself."
            }
            return nil
        }
        return publication
    }

    /// Goes through the arrivals in order of the starts of their publications, with the latest arrival at hand of those
    /// whose publications had ended by then.
    private func compareOrder(_ arrivals: [Arrival], _ findings: inout Findings) {
        let byStart = arrivals.sorted { $0.publication.start < $1.publication.start }
        let byEnd = arrivals.sorted {
            ($0.publication.settledEnd, $0.publication.worker) < ($1.publication.settledEnd, $1.publication.worker)
        }
        var ended = 0
        var latest: Arrival?
        for arrival in byStart {
            while ended < byEnd.count, byEnd[ended].publication.settledEnd < arrival.publication.start {
                latest = Self.later(latest, byEnd[ended])
                ended += 1
            }
            let earlier = latestInSession(before: arrival, byEnd[ended...]).map { Self.later(latest, $0) } ?? latest
            guard let earlier, arrival.receipt.end < earlier.receipt.start else { continue }
            findings.add(
                rule: "Events are received in the order of their publications.",
                [earlier.publication, arrival.publication, arrival.receipt, earlier.receipt]
            ) { _ in
                "Event \(arrival.publication.id) overtook event \(earlier.publication.id) on the way to instance "
                    + "\(arrival.receipt.instance)."
            }
        }
    }

    /// The latest arrival of those that the same worker published just before.
    /// - Parameter ends: in order of ends and workers, those that had not ended before.
    private func latestInSession(before arrival: Arrival, _ ends: ArraySlice<Arrival>) -> Arrival? {
        let publication = arrival.publication
        guard publication.worker >= 0, ends.first?.publication.settledEnd == publication.start else { return nil }
        var latest: Arrival?
        for other in ends.prefix(while: { $0.publication.settledEnd == publication.start })
        where other.publication.precedes(publication) {
            latest = Self.later(latest, other)
        }
        return latest
    }

    private static func later(_ known: Arrival?, _ other: Arrival) -> Arrival {
        if let known, known.receipt.start >= other.receipt.start { known } else { other }
    }

    private struct Queue: Hashable {
        let sender: Int32
        let receiver: Int32
    }

    private struct Arrival {
        struct Destination: Hashable {
            let event: Int64
            let instance: Int32
        }

        let publication: Operation
        let receipt: Operation
    }
}
