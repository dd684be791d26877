import Judging
import Scenarios

extension TrialResult {
    /// All measurements, of all instances together and of each instance. If no event was expected, the measurements
    /// that depend on expected events are missing.
    public var measurements: [Measurement] {
        var all = [Measurement(.bridgePublished, value: Double(published))]
        for instance in living where plan.publishes(instance.number) {
            all.append(
                Measurement(.bridgePublished, value: Double(instance.published ?? 0), labels: label(instance)))
        }
        let errors = living.compactMap { instance in
            instance.report.map { Measurement(.bridgeErrors, value: Double($0.errors), labels: label(instance)) }
        }
        all += [Measurement(.bridgeErrors, value: errors.reduce(0) { $0 + $1.mean })] + errors
        guard let delivery else { return all }
        let disconnected = living.compactMap(\.report).map(\.longestAbsence).max() ?? 0
        all += [
            Measurement(.bridgeDelivery, value: 100 * delivery),
            Measurement(.bridgeReceived, value: Double(delivered)), Measurement(.bridgeLost, value: Double(lost)),
            Measurement(.bridgeDuplicates, value: Double(duplicates)),
            Measurement(.bridgeSelfReceived, value: Double(selfReceived)),
            Measurement(.bridgeMiscounted, value: Double(miscounting.count)),
            Measurement(.bridgeDisconnected, value: Double(disconnected)),
        ]
        all += [Measurement(latency, labels: [:])].compactMap(\.self)
        for instance in living where plan.subscribes(instance.number) { all += measurements(of: instance) }
        return all
    }

    private func measurements(of instance: InstanceResult) -> [Measurement] {
        guard let report = instance.report else { return [] }
        let expected = expected(by: instance)
        let figures: [(Metric, Double)] = [
            (.bridgeReceived, Double(delivered(to: instance))), (.bridgeLost, Double(lost(by: instance))),
            (.bridgeDuplicates, Double(report.duplicates)), (.bridgeSelfReceived, Double(report.selfReceived)),
            (.bridgeMiscounted, miscounting.contains { $0.number == instance.number } ? 1 : 0),
            (.bridgeDisconnected, Double(report.longestAbsence)),
        ]
        var all = figures.map { Measurement($0.0, value: $0.1, labels: label(instance)) }
        if expected > 0 {
            all.append(
                Measurement(
                    .bridgeDelivery, value: 100 * Double(delivered(to: instance)) / Double(expected),
                    labels: label(instance)))
        }
        if let latency = Measurement(LatencySummary(report), labels: label(instance)) { all.append(latency) }
        return all
    }

    private func label(_ instance: InstanceResult) -> [String: String] { ["instance": "\(instance.number + 1)"] }
}

extension Measurement {
    /// `nil` if no event was delivered.
    fileprivate init?(_ latency: LatencySummary, labels: [String: String]) {
        let metric = Metric.bridgeLatency
        let factor = metric.unit.displayFactor
        guard let min = latency.min, let mean = latency.mean, let p50 = latency.p50, let p95 = latency.p95,
            let p99 = latency.p99, let max = latency.max
        else { return nil }
        self.init(
            metric: metric.name, unit: metric.unit.display, labels: labels, count: Int(latency.count),
            min: Double(min) * factor, mean: mean * factor, p50: Double(p50) * factor, p95: Double(p95) * factor,
            p99: Double(p99) * factor, max: Double(max) * factor)
    }
}
