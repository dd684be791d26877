import Foundation
import Scenarios

/// Holds measurements against declared targets.
package struct TargetJudgement {
    package let measurements: [Measurement]

    package init(measurements: [Measurement]) { self.measurements = measurements }

    /// A target without a sample is not met: it is unknown.
    package func judge(_ target: Target) -> TargetOutcome {
        let measured = measurement(target.metric, labels: target.where)
        let value = measured?.value(of: target.statistic)
        let limit = figure(of: target.bound.limit)
        let warning = target.warning.flatMap { bound in figure(of: bound.limit).map { (bound.comparison, $0) } }
        let verdict: RunVerdict
        if let value, let limit, measured?.count ?? 0 > 0 {
            verdict = target.comparison.holds(value, limit) ? .pass : .missed
        } else {
            verdict = .unknown
        }
        let isWarning = verdict == .pass && value.flatMap { value in warning.map { !$0.0.holds(value, $0.1) } } ?? false
        let unit = Metric.named(target.metric)?.unit(of: target.statistic).display ?? measured?.unit ?? ""
        return TargetOutcome(
            title: target.title, metric: target.metric, labels: target.where, statistic: target.statistic.rawValue,
            comparison: target.comparison.rawValue, limit: limit,
            limitText: "\(target.comparison.rawValue) \(text(of: target.bound.limit))", measured: value, unit: unit,
            verdict: verdict, isWarning: isWarning)
    }

    private func measurement(_ metric: String, labels: [String: String]) -> Measurement? {
        measurements.first { $0.metric == metric && $0.labels == labels }
    }

    private func figure(of limit: Target.Limit) -> Double? {
        switch limit {
        case .absolute(let quantity): quantity.value * quantity.unit.displayFactor
        case .relative(let factor, let metric, let statistic):
            measurement(metric, labels: [:])?.value(of: statistic).map { $0 * factor }
        }
    }

    private func text(of limit: Target.Limit) -> String {
        switch limit {
        case .absolute(let quantity): quantity.description
        case .relative(let factor, let metric, let statistic):
            "\(factor.formatted()) x \(metric) \(statistic.rawValue)"
        }
    }
}
