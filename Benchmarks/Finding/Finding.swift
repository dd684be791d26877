import CacheHierarchy
import Exploration

/// What came of one seed.
struct Finding {
    let schedules: Int
    let stepsOfSchedule: Int
    let operations: Int
    let preemptions: Int
    let switches: Int
    /// Seconds, of finding and shrinking.
    let duration: Double

    struct NotFound: Error {}

    init(of program: Program, seed: UInt64) throws {
        var configuration = ScenarioExplorer.Configuration(threads: 1)
        configuration.schedules = 10_000
        // Far enough apart that no two explorations share a workload.
        configuration.seed = seed * 1_000_003
        configuration.operationsPerWorker = program.operationsPerWorker
        configuration.defects = [.staleFill]
        let exploration = try ScenarioExplorer(configuration).explore(program.variant)
        guard let failure = exploration.failures.first else { throw NotFound() }
        schedules = failure.number
        stepsOfSchedule = exploration.progress.steps / exploration.progress.schedules
        operations = failure.operations
        preemptions = failure.preemptions
        switches = failure.switches
        duration = exploration.duration
    }

    static let header =
        "program | steps of a schedule | schedules until found: median, 90 % | operations | preemptions | switches: "
        + "median, most | seconds to find and shrink: median, most"

    static func row(_ name: String, _ findings: [Finding]) -> String {
        func figures<Value: Comparable>(_ property: (Finding) -> Value, _ fraction: Double) -> Value {
            let sorted = findings.map(property).sorted()
            return sorted[min(sorted.count - 1, Int(Double(sorted.count) * fraction))]
        }
        func pair<Value: Comparable>(_ property: (Finding) -> Value, upper: Double = 1) -> String {
            "\(figures(property, 0.5)), \(figures(property, upper))"
        }
        return [
            "\(name) (\(findings.count) seeds)", "\(figures(\.stepsOfSchedule, 0.5))", pair(\.schedules, upper: 0.9),
            pair(\.operations), pair(\.preemptions), pair(\.switches), pair { ($0.duration * 1_000).rounded() / 1_000 },
        ].joined(separator: " | ")
    }
}
