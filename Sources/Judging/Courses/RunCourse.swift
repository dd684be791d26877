import Checking
import History
import Scenarios

/// How a run went over time: its quantities in equal parts of its time, and their distributions.
///
/// The figures of a run are its measurements. This is their shape, as exact as a picture needs, in memory that does not
/// depend on how much was recorded. What counts is what clients began during the phases and what succeeded, as in the
/// measurements.
package struct RunCourse: Sendable, Hashable {
    /// One measured quantity, in nanoseconds.
    package struct Quantity: Sendable, Hashable {
        package let metric: Metric
        /// All of its values.
        package var whole = SizeHistogram()
        /// The values by the layer that served, where the metric has that label.
        package var layers: [Layer: SizeHistogram] = [:]
        /// The values of each part of the time.
        package var parts: [SizeHistogram]

        init(_ metric: Metric, parts: Int) {
            self.metric = metric
            self.parts = Array(repeating: SizeHistogram(), count: parts)
        }

        mutating func add(_ value: Int64, in part: Int, layer: Layer? = nil) {
            whole.add(value)
            parts[part].add(value)
            if let layer { layers[layer, default: SizeHistogram()].add(value) }
        }
    }

    /// A stretch of the run with a name, in nanoseconds from its beginning.
    package struct Stretch: Sendable, Hashable {
        package let name: String
        package let start: Int64
        /// The end of the run, where nothing else ended it.
        package let end: Int64
    }

    /// When it begins, in nanoseconds on the history's clock.
    package let start: Int64
    /// In nanoseconds, at least 1.
    package let duration: Int64
    package let phases: [Stretch]
    package let faults: [Stretch]
    /// Those that have a value, in the catalogue's order.
    package private(set) var quantities: [Quantity] = []
    /// How many reads each layer served in each part of the time.
    package private(set) var served: [[Layer: Int]]
    /// How many operations failed or are of unknown outcome, in each part of the time.
    package private(set) var troubled: [Int]

    /// O(n log n) for staleness, O(n) for all else.
    /// - Parameter parts: into how many parts the time is divided.
    package init(of history: History, phases: [PhaseRecord], faults: [FaultRecord] = [], parts: Int = 60) {
        let (start, end) = Self.span(of: history, phases)
        let duration = max(1, end.subtractingReportingOverflow(start).partialValue)
        self.start = start
        self.duration = duration
        self.phases = phases.map {
            Stretch(name: $0.name, start: max(0, $0.start - start), end: min(duration, max(0, $0.end - start)))
        }
        self.faults = faults.compactMap { record in
            record.start.map {
                Stretch(
                    name: "\(record.fault)", start: max(0, min($0, duration)),
                    end: max(0, min(record.end ?? duration, duration)))
            }
        }
        served = Array(repeating: [:], count: parts)
        troubled = Array(repeating: 0, count: parts)
        measure(history, parts)
    }

    /// From the beginning of the first phase to the end of the last; without phases the time of what clients did.
    private static func span(of history: History, _ phases: [PhaseRecord]) -> (Int64, Int64) {
        if let first = phases.first, let last = phases.map(\.end).max() { return (first.start, last) }
        var (start, end) = (Int64.max, Int64.min)
        for operation in history.operations where operation.isOfClient {
            start = min(start, operation.start)
            end = max(end, operation.end == Operation.never ? operation.start : operation.end)
        }
        return start <= end ? (start, end) : (0, 0)
    }

    private mutating func measure(_ history: History, _ parts: Int) {
        var (reads, writes) = (Quantity(.readLatency, parts: parts), Quantity(.writeLatency, parts: parts))
        var invalidations = Quantity(.invalidationLatency, parts: parts)
        for operation in history.operations where operation.isOfClient {
            guard let part = part(of: operation, parts) else { continue }
            guard operation.outcome == .ok else {
                troubled[part] += 1
                continue
            }
            let latency = operation.end.subtractingReportingOverflow(operation.start).partialValue
            switch operation.kind {
            case .read:
                reads.add(latency, in: part, layer: operation.layer)
                served[part][operation.layer, default: 0] += 1
            case .write, .delete: writes.add(latency, in: part)
            default: invalidations.add(latency, in: part)
            }
        }
        var propagation = Quantity(.propagation, parts: parts)
        for one in Propagation.all(in: history) where one.operation.isOfClient {
            if let part = part(of: one.operation, parts) { propagation.add(one.duration, in: part) }
        }
        var staleness = Quantity(.staleness, parts: parts)
        StalenessDistribution.forEachRead(of: history) { read, age in
            if let part = part(of: read, parts) { staleness.add(age, in: part, layer: read.layer) }
        }
        quantities = [reads, writes, invalidations, propagation, staleness].filter { $0.whole.count > 0 }
    }

    /// In which part of the time an operation began; `nil` if before or after the phases.
    private func part(of operation: Operation, _ parts: Int) -> Int? {
        let (since, isTooFar) = operation.start.subtractingReportingOverflow(start)
        guard !isTooFar, since >= 0, since <= duration else { return nil }
        return min(parts - 1, Int(Double(since) / Double(duration) * Double(parts)))
    }
}
