import History
import Scenarios
import Testing

@testable import Judging

@Suite("What circuit breakers are measured by")
struct BreakerMeasurementsTests {
    private func process(_ number: Int32, _ states: [(String, Int64)]) -> ManagerRecord.Process {
        var from = "closed"
        var process = ManagerRecord.Process(process: number, tasks: 1, managers: 1)
        for (state, time) in states {
            process.transitions.append(ManagerRecord.Transition(from: from, to: state, time: time))
            from = state
        }
        return process
    }

    @Test("Each opening counts, and lasts until it is closed again, half-open included; what stays open has no length")
    func durations() throws {
        let record = ManagerRecord(
            limit: 5,
            processes: [
                process(
                    1,
                    [
                        ("open", 2_000_000), ("half-open", 3_000_000), ("open", 4_000_000), ("half-open", 5_000_000),
                        ("closed", 6_000_000), ("open", 9_000_000), ("half-open", 10_000_000),
                    ]), process(2, [("open", 21_000_000), ("half-open", 22_000_000), ("closed", 23_000_000)]),
            ])
        let measurements = Measurements(
            history: History(operations: [], keys: []),
            phases: [
                PhaseRecord(name: "first", start: 100, end: 10_000_000, isWait: false),
                PhaseRecord(name: "second", start: 11_000_000, end: 30_000_000, isWait: false),
            ], roundTrips: [], faults: [], managers: record
        ).all()
        #expect(measurements.first { $0.metric == "breaker.openings" }?.value(of: .value) == 3)
        let all = try #require(measurements.first { $0.metric == "breaker.open" && $0.labels.isEmpty })
        #expect(all.count == 2 && all.min == 2 && all.max == 4)
        #expect(measurements.first { $0.metric == "breaker.open" && $0.labels == ["phase": "second"] }?.max == 2)
    }

    @Test("Without a manager nothing is measured, and with one whose breaker never opened it opened 0 times")
    func none() {
        func measured(_ record: ManagerRecord?) -> [String: Double] {
            let all = Measurements(
                history: History(operations: [], keys: []), phases: [], roundTrips: [], faults: [], managers: record
            ).all()
            return Dictionary(
                uniqueKeysWithValues: all.filter { $0.metric.hasPrefix("breaker.") }.map { ($0.metric, $0.mean) })
        }
        #expect(measured(nil) == [:])
        #expect(measured(ManagerRecord(limit: 5, processes: [process(1, [])])) == ["breaker.openings": 0])
    }
}
