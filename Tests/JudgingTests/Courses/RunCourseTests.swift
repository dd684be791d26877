import History
import Scenarios
import Testing

@testable import Judging

@Suite("How a run went over time comes from the history")
struct RunCourseTests {
    @Test("A histogram's quantiles are within three in a hundred, its ends and its count exact")
    func histogram() throws {
        var histogram = SizeHistogram()
        #expect(histogram.value(at: 0.5) == nil)
        for value in Int64(1)...10_000 { histogram.add(value) }
        #expect(histogram.count == 10_000 && histogram.least == 1 && histogram.greatest == 10_000)
        for (share, expected) in [(0.0, 1.0), (0.5, 5_000), (0.95, 9_500), (0.99, 9_900)] {
            let value = Double(try #require(histogram.value(at: share)))
            #expect(abs(value - expected) <= expected * 0.032, "\(share): \(value)")
        }
        #expect(histogram.value(at: 1) == 10_000)
        #expect(histogram.value(at: 2) == 10_000 && histogram.value(at: -1) == 1)
    }

    @Test("A histogram takes any value, and counts those between bounds")
    func extremes() {
        var histogram = SizeHistogram()
        for value in [Int64.min, -1, 0, 1, 31, 32, 33, 1_000_000, .max] { histogram.add(value) }
        #expect(histogram.count == 9 && histogram.zeros == 3)
        #expect(histogram.least == 0 && histogram.greatest == .max)
        #expect(histogram.counts(between: [1, 32, 100, 2e6]) == [2, 2, 1])
        #expect(histogram.counts(between: []) == [] && histogram.counts(between: [1]) == [])
        #expect(histogram.counts(between: [2e6, 1e19]) == [1])
    }

    private static let millisecond: Int64 = 1_000_000

    /// A write that takes 4 ms and is applied 7 ms after its start; reads from L1 and the origin, one of them stale;
    /// one that failed; one before the phases.
    private static let course: RunCourse = {
        func at(_ time: Int64) -> Int64 { time * millisecond }
        let history = History(
            operations: [
                Operation(id: 1, kind: .write, instance: -1, key: 0, version: 1, start: at(0), end: at(1)),
                Operation(
                    id: 2, kind: .read, instance: 0, worker: 0, key: 0, version: 1, layer: .origin, start: at(2),
                    end: at(3)),
                Operation(
                    id: 3, kind: .write, instance: 0, worker: 0, key: 0, version: 2, scope: .instance, start: at(10),
                    end: at(14)),
                Operation(id: 4, kind: .apply, instance: 1, key: 0, start: at(16), end: at(17), cause: 3),
                Operation(
                    id: 5, kind: .read, instance: 1, worker: 1, key: 0, version: 1, layer: .l1, start: at(24),
                    end: at(25)),
                Operation(
                    id: 6, kind: .read, instance: 1, worker: 1, key: 0, version: 2, layer: .origin, start: at(28),
                    end: at(30)),
                Operation(
                    id: 7, kind: .read, instance: 1, worker: 1, key: 0, layer: .origin, outcome: .failed, start: at(29),
                    end: at(30)),
            ], keys: ["k"])
        var crash = FaultRecord(Fault(.crash(.kept), of: .redis, during: ["work"], until: nil))
        crash.start = at(5)
        return RunCourse(
            of: history,
            phases: [
                PhaseRecord(name: "work", start: at(10), end: at(20), isWait: false),
                PhaseRecord(name: "rest", start: at(20), end: at(30), isWait: true),
            ], faults: [crash], parts: 10)
    }()

    private func quantity(_ metric: Metric) throws -> RunCourse.Quantity {
        try #require(Self.course.quantities.first { $0.metric == metric })
    }

    @Test("What began during the phases and succeeded is counted, where it began")
    func parts() throws {
        #expect(Self.course.start == 10 * Self.millisecond && Self.course.duration == 20 * Self.millisecond)
        #expect(Self.course.quantities.map(\.metric) == [.readLatency, .writeLatency, .propagation, .staleness])
        let reads = try quantity(.readLatency)
        #expect(reads.parts.map(\.count) == [0, 0, 0, 0, 0, 0, 0, 1, 0, 1])
        #expect(reads.layers.mapValues(\.count) == [.l1: 1, .origin: 1])
        #expect(reads.whole.greatest == 2 * Self.millisecond)
        #expect(try quantity(.writeLatency).whole.greatest == 4 * Self.millisecond)
        #expect(try quantity(.propagation).parts[0].greatest == 7 * Self.millisecond)
        #expect(Self.course.served.map { $0[.l1] ?? 0 }.reduce(0, +) == 1)
        #expect(Self.course.troubled == [0, 0, 0, 0, 0, 0, 0, 0, 0, 1])
    }

    @Test("Staleness is that of the measurements, current reads included")
    func staleness() throws {
        let staleness = try quantity(.staleness)
        #expect(staleness.whole.count == 2 && staleness.whole.zeros == 1)
        #expect(staleness.parts[7].greatest == 10 * Self.millisecond)
    }

    @Test("Phases and faults are told from the beginning; what did not end lasts to the end")
    func stretches() {
        let millisecond = Self.millisecond
        #expect(Self.course.phases.map(\.name) == ["work", "rest"])
        #expect(Self.course.phases.map(\.start) == [0, 10 * millisecond])
        #expect(Self.course.faults.map(\.start) == [5 * millisecond])
        #expect(Self.course.faults.map(\.end) == [20 * millisecond])
    }

    @Test("Without phases it is the time of what clients did; nothing is nothing")
    func withoutPhases() {
        let read = Operation(kind: .read, instance: 0, worker: 0, key: 0, layer: .l1, start: .min, end: .max)
        let course = RunCourse(of: History(operations: [read], keys: ["k"]), phases: [])
        #expect(course.served.flatMap(\.values).reduce(0, +) == 1)
        let nothing = RunCourse(of: History(operations: [], keys: []), phases: [])
        #expect(nothing.quantities.isEmpty && nothing.duration == 1)
    }
}
