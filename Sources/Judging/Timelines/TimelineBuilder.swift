import Checking
import History

/// Puts gathered operations in order, and follows what they do to layers.
struct TimelineBuilder {
    private(set) var timeline: ViolationTimeline

    /// The beginning or the end of an operation, or all of it.
    private struct Edge {
        enum Side: Int { case end, whole, start }
        let time: Int64
        let side: Side
        let deed: Int
        /// Of edges at one time and side: the inner end first, the outer start first.
        let rank: Int64
    }

    init(
        _ gathering: TimelineGathering, _ history: History, causes: [Int64: Operation], places: TimelinePlaces,
        faults: [FaultRecord], since start: Int64
    ) {
        let (operations, omitted) = gathering.operations
        let words = TimelineWords(history, operations, proof: gathering.proof, causes: causes)
        var deeds = operations.map { operation in
            ViolationTimeline.Deed(
                operation: operation, place: places.actor(of: operation), first: 0, last: 0,
                number: words.number(of: operation), text: words.deed(operation))
        }
        let edges = Self.edges(of: operations)
        var steps: [ViolationTimeline.Step] = []
        var changes: [(step: Int, deed: Int)] = []
        var isBegun = Array(repeating: false, count: deeds.count)
        var spans = FaultSpans(faults, since: start)
        for (index, edge) in edges.enumerated() {
            for change in spans.changes(upTo: edge.time, isFirst: index == 0, at: steps.count) {
                steps.append(.init(time: change.time.since(gathering.origin), place: nil, text: change.text, deed: nil))
            }
            let operation = operations[edge.deed]
            let follows = index + 1 < edges.count && edges[index + 1].deed == edge.deed
            // What nothing comes between is one step.
            if edge.side == .start, follows { continue }
            let isWhole = edge.side == .whole || (edge.side == .end && !isBegun[edge.deed])
            if edge.side == .start {
                isBegun[edge.deed] = true
                deeds[edge.deed].first = steps.count
                deeds[edge.deed].isOpen = operation.end == Operation.never
            } else if isWhole {
                deeds[edge.deed].first = steps.count
            }
            deeds[edge.deed].last = steps.count
            if edge.side != .start { changes.append((steps.count, edge.deed)) }
            let text =
                isWhole ? deeds[edge.deed].text : edge.side == .start ? words.begin(operation) : words.end(operation)
            steps.append(
                .init(
                    time: edge.time.since(gathering.origin), place: deeds[edge.deed].place, text: text, deed: edge.deed)
            )
        }
        for index in deeds.indices where deeds[index].isOpen { deeds[index].last = max(0, steps.count - 1) }
        var holder = LayerHolder(places, causes: causes, operations: operations)
        if gathering.key != nil {
            holder.begin(with: gathering.before)
            for change in changes { holder.apply(operations[change.deed], at: change.step) }
            holder.finish(at: steps.count)
        }
        let actors = Set(deeds.map(\.place))
        let provers = Set(deeds.filter { $0.number != nil }.map(\.place))
        let holdings = Self.told(holder.holdings, provers)
        let all = actors.union(holdings.map(\.place))
        timeline = ViolationTimeline(
            key: gathering.key.flatMap { history.keys.indices.contains(Int($0)) ? history.keys[Int($0)] : nil },
            steps: steps, deeds: deeds,
            holdings: holdings.sorted {
                $0.place.order == $1.place.order
                    ? $0.first < $1.first : $0.place.order.lexicographicallyPrecedes($1.place.order)
            },
            faults: spans.spans(steps: steps.count),
            places: all.sorted { $0.order.lexicographicallyPrecedes($1.order) }, omitted: omitted)
    }

    /// What layers hold, without the memories of workers that hold nothing and are none of the proof's.
    private static func told(
        _ holdings: [ViolationTimeline.Holding], _ provers: Set<TimelinePlace>
    ) -> [ViolationTimeline.Holding] {
        let filled = Set(holdings.filter { $0.content != .nothing }.map(\.place))
        return holdings.filter { holding in
            guard case .l1(let instance, let worker) = holding.place else { return true }
            return filled.contains(holding.place) || provers.contains(.worker(instance: instance, worker: worker))
        }
    }

    private static func edges(of operations: [Operation]) -> [Edge] {
        var edges: [Edge] = []
        for (index, operation) in operations.enumerated() {
            if operation.start == operation.end || Self.isMoment(operation.kind) {
                // What an instance has done is done when it ends.
                let time = operation.end == Operation.never ? operation.start : operation.end
                edges.append(Edge(time: time, side: .whole, deed: index, rank: 0))
                continue
            }
            edges.append(
                Edge(time: operation.start, side: .start, deed: index, rank: operation.end == .min ? 0 : -operation.end)
            )
            if operation.end != Operation.never {
                edges.append(
                    Edge(
                        time: operation.end, side: .end, deed: index,
                        rank: operation.start == .min ? 0 : -operation.start))
            }
        }
        return edges.sorted {
            ($0.time, $0.side.rawValue, $0.rank, $0.deed) < ($1.time, $1.side.rawValue, $1.rank, $1.deed)
        }
    }

    /// Whether it counts from the moment in which it is done.
    private static func isMoment(_ kind: Operation.Kind) -> Bool {
        switch kind {
        case .apply, .evict, .publish, .receive, .gauge, .inspect: true
        default: false
        }
    }
}

/// Faults among the steps.
private struct FaultSpans {
    private struct Span {
        let name: String
        let start: Int64
        let end: Int64?
        var first: Int?
        var last: Int?
    }

    private var all: [Span]

    init(_ records: [FaultRecord], since origin: Int64) {
        all = records.compactMap { record in
            record.start.map { start in
                Span(
                    name: "\(record.fault)".printable, start: origin.addingClamped(start),
                    end: record.end.map { origin.addingClamped($0) })
            }
        }
    }

    /// What begins and ends before or at a time, and was not told yet. Of what had ended before the first step nothing
    /// is told.
    mutating func changes(upTo time: Int64, isFirst: Bool, at step: Int) -> [(time: Int64, text: String)] {
        var changes: [(time: Int64, text: String)] = []
        for index in all.indices {
            if all[index].first == nil, all[index].start <= time {
                if isFirst {
                    all[index].first = all[index].end.map { $0 < time } ?? false ? Int.max : 0
                } else {
                    all[index].first = step + changes.count
                    changes.append((all[index].start, "\(all[index].name) begins"))
                }
            }
            if let first = all[index].first, first != .max, all[index].last == nil, let end = all[index].end,
                end <= time
            {
                all[index].last = step + changes.count
                changes.append((end, "\(all[index].name) ends"))
            }
        }
        return changes.sorted { $0.time < $1.time }
    }

    func spans(steps: Int) -> [ViolationTimeline.Fault] {
        all.compactMap { span in
            guard let first = span.first, first != .max, steps > 0 else { return nil }
            return ViolationTimeline.Fault(name: span.name, first: first, last: span.last ?? steps - 1)
        }
    }
}

extension Int64 {
    /// How long it is after another moment; the nearest number of 64 bits.
    fileprivate func since(_ other: Int64) -> Int64 {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return overflow ? (self < other ? .min : .max) : difference
    }

    fileprivate func addingClamped(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other > 0 ? .max : .min) : sum
    }
}
