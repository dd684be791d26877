import Checking
import History
import Scenarios

/// Turns what was recorded into measurements. Everything that can be is computed from the history.
struct Measurements {
    let history: History
    let phases: [PhaseRecord]
    let roundTrips: [Int64]
    let faults: [FaultRecord]
    /// With times counted from the beginning of the first phase.
    var managers: ManagerRecord?

    func all() -> [Measurement] {
        latencies() + propagation() + staleness() + warming() + consistency() + hitRatios() + rates() + loads()
            + sampled(.redisRoundTrip, roundTrips.map { (Double($0), [:]) }) + recovery() + breakers()
    }

    private func sampled(_ metric: Metric, _ samples: [(value: Double, labels: [String: String])]) -> [Measurement] {
        var sampler = Sampler(metric)
        for sample in samples { sampler.add(sample.value, labels: sample.labels) }
        return sampler.measurements()
    }

    /// The phase that an operation started in. Phases follow one another.
    func phase(at time: Int64) -> String? {
        phases.first { $0.start <= time && time <= $0.end }?.name
    }

    private func phaseLabel(_ operation: Operation) -> [String: String] {
        phase(at: operation.start).map { ["phase": $0] } ?? [:]
    }

    private func latencies() -> [Measurement] {
        var reads = Sampler(.readLatency)
        var writes = Sampler(.writeLatency)
        var invalidations = Sampler(.invalidationLatency)
        for operation in history.operations where operation.outcome == .ok && operation.isOfClient {
            let latency = Double(operation.end - operation.start)
            var labels = phaseLabel(operation)
            switch operation.kind {
            case .read:
                labels["layer"] = operation.layer.name
                reads.add(latency, labels: labels)
            case .write, .delete: writes.add(latency, labels: labels)
            case .invalidate, .invalidateTag: invalidations.add(latency, labels: labels)
            default: break
            }
        }
        return reads.measurements() + writes.measurements() + invalidations.measurements()
    }

    private func propagation() -> [Measurement] {
        var sampler = Sampler(.propagation)
        for propagation in Propagation.all(in: history) {
            sampler.add(Double(propagation.duration), labels: phaseLabel(propagation.operation))
        }
        return sampler.measurements()
    }

    private func staleness() -> [Measurement] {
        var durations = Sampler(.staleness)
        var versions = Sampler(.stalenessVersions)
        for phase in phases {
            let distribution = StalenessDistribution(of: history) { phase.start <= $0.start && $0.start <= phase.end }
            for age in distribution.ages { durations.add(Double(age), labels: ["phase": phase.name]) }
            for lag in distribution.lags { versions.add(Double(lag), labels: ["phase": phase.name]) }
        }
        return durations.measurements() + versions.measurements()
    }

    private func warming() -> [Measurement] {
        let all = phases.flatMap { phase in
            phase.warmings.map { (phase.name, $0.instance, $0.duration, $0.coverage) }
        }
        return sampled(.warmingDuration, all.map { (Double($0.2), ["phase": $0.0, "instance": String($0.1 + 1)]) })
            + sampled(.warmingCoverage, all.map { ($0.3, ["phase": $0.0, "instance": String($0.1 + 1)]) })
    }

    private func recovery() -> [Measurement] {
        sampled(
            .recovery,
            faults.flatMap { record in
                record.recoveries.map { (Double($0), ["phase": record.fault.phases.last ?? ""]) }
            })
    }

    private func consistency() -> [Measurement] {
        let durations = phases.flatMap { phase in phase.inspections.map { (Double($0), ["phase": phase.name]) } }
        var newest: [Int32: Int64] = [:]
        var looks: [String: (agreeing: Int, all: Int)] = [:]
        for operation in history.operations {
            if operation.kind == .write || operation.kind == .delete, operation.outcome == .ok {
                newest[operation.key] = max(newest[operation.key] ?? 0, operation.version)
            }
            guard operation.kind == .inspect, let phase = phase(at: operation.start) else { continue }
            looks[phase, default: (0, 0)].all += 1
            if operation.isAbsent || operation.version == newest[operation.key] {
                looks[phase, default: (0, 0)].agreeing += 1
            }
        }
        let agreement = looks.sorted { $0.key < $1.key }.map { phase, look in
            (value: 100 * Double(look.agreeing) / Double(look.all), labels: ["phase": phase])
        }
        return sampled(.consistencyDuration, durations) + sampled(.consistencyAgreement, agreement)
    }

    /// Of the reads that came as far as a layer, the part that it served.
    private func hitRatios() -> [Measurement] {
        var served: [Layer: Int] = [:]
        for operation in history.operations where operation.kind == .read && operation.outcome == .ok {
            served[operation.layer, default: 0] += 1
        }
        let all = served.values.reduce(0, +)
        guard all > 0 else { return [] }
        var measurements = [
            Measurement(.hitRatio, value: 100 * Double(all - (served[.origin] ?? 0)) / Double(all))
        ]
        for layer in Layer.caches {
            guard let hits = served[layer] else { continue }
            let arrived = served.filter { $0.key >= layer }.values.reduce(0, +)
            measurements.append(
                Measurement(.hitRatio, value: 100 * Double(hits) / Double(arrived), labels: ["layer": layer.name]))
        }
        return measurements
    }

    private func rates() -> [Measurement] {
        var counts: [String: (finished: Int, failed: Int)] = [:]
        for operation in history.operations where operation.isOfClient {
            guard let phase = phase(at: operation.start) else { continue }
            counts[phase, default: (0, 0)].finished += 1
            if operation.outcome != .ok { counts[phase, default: (0, 0)].failed += 1 }
        }
        var measurements: [Measurement] = []
        var seconds = 0.0
        var finished = 0
        var failed = 0
        for phase in phases where !phase.isWait {
            guard let count = counts[phase.name] else { continue }
            let duration = Double(phase.end - phase.start) / 1e9
            seconds += duration
            finished += count.finished
            failed += count.failed
            measurements.append(
                Measurement(.throughput, value: Double(count.finished) / duration, labels: ["phase": phase.name]))
            measurements.append(
                Measurement(
                    .operationsFailed, value: 100 * Double(count.failed) / Double(count.finished),
                    labels: ["phase": phase.name]))
        }
        guard finished > 0 else { return [] }
        return [
            Measurement(.throughput, value: Double(finished) / seconds),
            Measurement(.operationsFailed, value: 100 * Double(failed) / Double(finished)),
        ] + measurements
    }

    private func loads() -> [Measurement] {
        [Measurement(.loads, value: Double(history.operations.count { $0.kind == .load }))]
    }
}
