import BridgeTrial
import Checking
import CoreMetrics
import History
import Judging
import Scenarios

/// Tells a metrics system what came of runs, as each of them ends.
///
/// Counters and histograms go on growing from run to run, so that rates and quantiles over a window can be asked of them.
/// Everything carries the scenario's name and its world.
public struct RunMetrics: Sendable {
    private let factory: any MetricsFactory

    /// - Parameter factory: where the metrics go; by default wherever the process sends its metrics.
    public init(_ factory: any MetricsFactory = MetricsSystem.factory) { self.factory = factory }

    /// Their names, and what they mean.
    public static let help: [(name: String, meaning: String)] = [
        (runs, "Runs of scenarios, by verdict."),
        (operations, "What clients did, by kind and outcome."),
        (reads, "Reads, by the layer that served them."),
        (latency, "Seconds that clients waited, by kind and, of reads, by the layer that served them."),
        (propagation, "Seconds from the start of an invalidation until the last instance had applied it."),
        (staleness, "Seconds by which the value that a read returned was out of date."),
        (violations, "Violations that a check found."),
        (missed, "Targets that were missed."),
    ]

    private static let runs = "coherence_runs_total"
    private static let operations = "coherence_operations_total"
    private static let reads = "coherence_reads_total"
    private static let latency = "coherence_operation_seconds"
    private static let propagation = "coherence_propagation_seconds"
    private static let staleness = "coherence_staleness_seconds"
    private static let violations = "coherence_violations_total"
    private static let missed = "coherence_targets_missed_total"

    /// Linear in the operations of the run.
    public func add(_ result: ScenarioResult) {
        let run = [("scenario", result.name), ("world", result.world.rawValue)]
        addVerdict(result.verdict, result.targets, run)
        for check in result.checks {
            count(Self.violations, run + [("check", check.check)], by: check.violationCount)
        }
        addOperations(of: result.history, run)
        let propagated = timer(Self.propagation, run)
        for propagation in Propagation.all(in: result.history) { propagated.recordNanoseconds(propagation.duration) }
        let stale = timer(Self.staleness, run)
        for age in StalenessDistribution(of: result.history).ages {
            stale.recordNanoseconds(age)
        }
    }

    /// Of an event bridge: how it ended, and what it missed. What its instances count is told by ``BridgeMetrics``.
    public func add(_ result: BridgeRun) {
        addVerdict(
            result.verdict, result.targets, [("scenario", result.scenario.name), ("world", World.live.rawValue)])
    }

    private func addVerdict(_ verdict: RunVerdict, _ targets: [TargetOutcome], _ run: [(String, String)]) {
        count(Self.runs, run + [("verdict", verdict.rawValue)])
        for target in targets {
            count(Self.missed, run + [("target", target.title)], by: target.verdict == .missed ? 1 : 0)
        }
    }

    private func addOperations(of history: History, _ run: [(String, String)]) {
        var counters: [[String]: Counter] = [:]
        var timers: [[String]: Timer] = [:]
        for operation in history.operations where operation.isOfClient {
            let (kind, outcome) = ("\(operation.kind)", "\(operation.outcome)")
            counters[[kind, outcome], or: counter(Self.operations, run + [("kind", kind), ("outcome", outcome)])]
                .increment()
            guard operation.outcome == .ok else { continue }
            let duration = operation.end.subtractingClamped(operation.start)
            if operation.kind == .read {
                let layer = operation.layer.name
                counters[[layer], or: counter(Self.reads, run + [("layer", layer)])].increment()
                timers[[kind, layer], or: timer(Self.latency, run + [("kind", kind), ("layer", layer)])]
                    .recordNanoseconds(duration)
            } else {
                timers[[kind], or: timer(Self.latency, run + [("kind", kind), ("layer", "")])]
                    .recordNanoseconds(duration)
            }
        }
    }

    private func counter(_ label: String, _ dimensions: [(String, String)]) -> Counter {
        Counter(label: label, dimensions: dimensions, factory: factory)
    }

    private func timer(_ label: String, _ dimensions: [(String, String)]) -> Timer {
        Timer(label: label, dimensions: dimensions, factory: factory)
    }

    /// Also with 0, so that the series exists before the first event: a rate of nothing is no rate.
    private func count(_ label: String, _ dimensions: [(String, String)], by amount: Int = 1) {
        counter(label, dimensions).increment(by: amount)
    }
}

extension Dictionary {
    fileprivate subscript(key: Key, or make: @autoclosure () -> Value) -> Value {
        mutating get {
            if let value = self[key] { return value }
            let value = make()
            self[key] = value
            return value
        }
    }
}
