import Checking
import History
import Scenarios
import Testing

@testable import Judging

@Suite("Measurements come from the history")
struct MeasuringTests {
    private static let millisecond: Int64 = 1_000_000

    /// Two instances; instance 0 writes and instance 1 applies it 7 ms after the start, then reads are served by L1, L2
    /// and the origin.
    private static let history: History = {
        func at(_ time: Int64) -> Int64 { time * millisecond }
        return History(
            operations: [
                Operation(id: 1, kind: .write, instance: -1, key: 0, version: 1, start: at(0), end: at(1)),
                Operation(
                    id: 2, kind: .write, instance: 0, worker: 0, key: 0, version: 2, scope: .cluster, start: at(10),
                    end: at(14)),
                Operation(id: 3, kind: .apply, instance: 1, key: 0, start: at(15), end: at(17), cause: 2),
                Operation(id: 4, kind: .load, instance: 1, key: 0, version: 2, start: at(21), end: at(22)),
                Operation(
                    id: 5, kind: .read, instance: 1, worker: 1, key: 0, version: 2, layer: .origin, start: at(20),
                    end: at(23)),
                Operation(
                    id: 6, kind: .read, instance: 1, worker: 1, key: 0, version: 2, layer: .l1, start: at(24),
                    end: at(25)),
                Operation(
                    id: 7, kind: .read, instance: 1, worker: 1, key: 0, version: 1, layer: .l2, start: at(26),
                    end: at(27)),
                Operation(
                    id: 8, kind: .read, instance: 1, worker: 1, key: 0, outcome: .failed, start: at(28), end: at(29)),
                Operation(
                    id: 9, kind: .inspect, instance: 0, key: 0, version: 2, layer: .l2, start: at(40), end: at(41)),
                Operation(
                    id: 10, kind: .inspect, instance: 1, key: 0, layer: .l2, start: at(40), end: at(41), isAbsent: true),
                Operation(
                    id: 11, kind: .inspect, instance: 1, key: 0, version: 1, layer: .l3, start: at(40), end: at(41)),
            ], keys: ["k"])
    }()

    private static let measurements: [Measurement] = {
        let phases = [
            PhaseRecord(name: "work", start: 10 * millisecond, end: 30 * millisecond, isWait: false),
            PhaseRecord(
                name: "look", start: 39 * millisecond, end: 42 * millisecond, isWait: false,
                inspections: [3 * millisecond]),
        ]
        var crash = FaultRecord(Fault(.crash(.kept), of: .redis, during: ["work"], until: nil))
        crash.recoveries = [5 * millisecond, 15 * millisecond]
        return Measurements(history: history, phases: phases, roundTrips: [millisecond], faults: [crash]).all()
    }()

    private func value(_ metric: String, _ statistic: Statistic, _ labels: [String: String] = [:]) -> Double? {
        Self.measurements.first { $0.metric == metric && $0.labels == labels }?.value(of: statistic)
    }

    private func expect(_ measured: Double?, near expected: Double) {
        // The histograms keep three significant digits.
        #expect(
            measured.map { abs($0 - expected) <= expected * 0.001 } == true,
            "\(String(describing: measured)), not \(expected)")
    }

    @Test("Latencies by operation, layer and phase; what failed does not count")
    func latencies() {
        #expect(value("read.latency", .count) == 3)
        expect(value("read.latency", .max), near: 3)
        expect(value("read.latency", .max, ["layer": "L1"]), near: 1)
        expect(value("read.latency", .p50, ["layer": "origin", "phase": "work"]), near: 3)
        expect(value("write.latency", .mean), near: 4)
        #expect(value("write.latency", .count) == 1)
    }

    @Test("Propagation lasts until the last instance has applied it")
    func propagation() { expect(value("propagation", .max, ["phase": "work"]), near: 7) }

    @Test("Staleness counts from the end of the newer write")
    func staleness() {
        expect(value("staleness", .max), near: 12)
        #expect(value("staleness.versions", .max) == 1)
    }

    @Test("Hit ratios are of the reads that came as far as the layer")
    func hitRatios() {
        expect(value("hit-ratio", .value), near: 200.0 / 3)
        expect(value("hit-ratio", .value, ["layer": "L1"]), near: 100.0 / 3)
        expect(value("hit-ratio", .value, ["layer": "L2"]), near: 50)
    }

    @Test("Recovery is measured each time, in the phase in which the fault ends")
    func recovery() {
        #expect(value("recovery", .count) == 2)
        expect(value("recovery", .max, ["phase": "work"]), near: 15)
    }

    @Test("Rates, failures, loads, agreement, round trips")
    func others() {
        expect(value("throughput", .value, ["phase": "work"]), near: 5 / 0.020)
        expect(value("operations.failed", .value), near: 20)
        expect(value("loads", .value), near: 1)
        expect(value("consistency.agreement", .mean), near: 200.0 / 3)
        expect(value("consistency.duration", .max), near: 3)
        expect(value("redis.round-trip", .p50), near: 1)
    }

    @Test("Operations are counted as clients made them")
    func counts() {
        let counts = OperationCounts(Self.history)
        #expect(counts.total == 5)
        #expect(counts.reads == 4)
        #expect(counts.writes == 1)
        #expect(counts.failed == 1)
    }

    private func judge(_ comparison: Target.Comparison, _ limit: Target.Limit, metric: String = "propagation")
        -> TargetOutcome
    {
        TargetJudgement(measurements: Self.measurements).judge(
            Target(
                metric: metric, statistic: .max, bound: .init(comparison, limit),
                position: SourcePosition(file: "f", line: 1, column: 1)))
    }

    @Test("A target is met, missed, or unknown if nothing was measured")
    func targets() {
        let seven = Target.Limit.absolute(Quantity(7e6, .nanoseconds))
        #expect(judge(.less, .absolute(Quantity(8e6, .nanoseconds))).verdict == .pass)
        #expect(judge(.less, .absolute(Quantity(6e6, .nanoseconds))).verdict == .missed)
        #expect(judge(.greaterOrEqual, seven).verdict == .pass)
        #expect(judge(.less, seven, metric: "warming.duration").verdict == .unknown)
        #expect(judge(.less, .relative(factor: 8, metric: "redis.round-trip", statistic: .p50)).verdict == .pass)
        #expect(judge(.less, .relative(factor: 6, metric: "redis.round-trip", statistic: .p50)).verdict == .missed)
        #expect(judge(.less, .relative(factor: 6, metric: "warming.duration", statistic: .p50)).verdict == .unknown)
    }
}
