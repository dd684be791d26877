import History
import Testing

@testable import Scenarios

@Suite("Metrics")
struct MetricTests {
    /// A scenario of some phases.
    private func scenario(_ actions: [Phase.Action], worlds: [World] = [.live]) -> Scenario {
        let phases = actions.enumerated().map { Phase(name: "p\($0.offset)", action: $0.element) }
        return Scenario(
            name: "S", file: "s.yaml", worlds: worlds, cluster: Cluster(instances: 3),
            data: [DataSet(name: "d", keys: 1)], phases: phases)
    }

    private func sweep(_ operation: Sweep.Operation, by actors: Actors = .oneWorker) -> Phase.Action {
        .sweep(Sweep(operation, data: ["d"], by: actors))
    }

    @Test("Every metric of the catalogue has a name of its own and is found by it")
    func names() {
        #expect(Set(Metric.catalogue.map(\.name)).count == Metric.catalogue.count)
        #expect(Metric.catalogue.allSatisfy { Metric.named($0.name) == $0 })
    }

    @Test("A scenario produces what its phases measure")
    func production() {
        func produced(_ actions: [Phase.Action]) -> [String] {
            let scenario = scenario(actions)
            return Metric.catalogue.filter { $0.isProduced(by: scenario) }.map(\.name)
        }
        let always = ["throughput", "operations.failed"]
        #expect(produced([.wait(.seconds(1))]) == ["redis.round-trip"])
        #expect(produced([sweep(.read)]) == ["read.latency", "hit-ratio"] + always + ["loads", "redis.round-trip"])
        #expect(produced([sweep(.write)]) == ["write.latency", "propagation"] + always + ["redis.round-trip"])
        #expect(
            produced([sweep(.invalidate)]) == ["invalidation.latency", "propagation"] + always + ["redis.round-trip"])
        #expect(
            produced([sweep(.warm), .inspect]) == [
                "warming.duration", "warming.coverage", "consistency.duration", "consistency.agreement",
            ] + always + ["loads", "redis.round-trip"])
    }

    @Test("Staleness is measured only where a read follows a write")
    func staleness() {
        #expect(!Metric.staleness.isProduced(by: scenario([sweep(.read), sweep(.write)])))
        #expect(
            Metric.staleness.values(of: .phase, in: scenario([sweep(.read), sweep(.write), sweep(.read)])) == ["p2"])
        let mix = Phase.Action.mix(Mix(data: ["d"], operationsPerWorker: 1, shares: .init(read: 0.5, write: 0.5)))
        #expect(Metric.staleness.values(of: .phase, in: scenario([mix])) == ["p0"])
    }

    @Test("Labels have the values that the scenario gives them")
    func labels() {
        let reading = scenario([sweep(.read)])
        #expect(Metric.readLatency.values(of: .layer, in: reading) == ["L1", "L2", "L3", "redis", "origin"])
        #expect(Metric.hitRatio.values(of: .layer, in: reading) == ["L1", "L2", "L3", "redis"])
        #expect(Metric.hitRatio.values(of: .phase, in: reading) == [])
        #expect(Metric.warmingDuration.values(of: .instance, in: scenario([sweep(.warm)])) == ["1"])
        let all = scenario([sweep(.warm, by: .everyInstance)])
        #expect(Metric.warmingDuration.values(of: .instance, in: all) == ["1", "2", "3"])
    }

    @Test("The bare round trip to Redis is measured in the live world only")
    func roundTrip() {
        #expect(!Metric.redisRoundTrip.isProduced(by: scenario([sweep(.read)], worlds: [.simulated])))
    }

    @Test("A sampled metric has all statistics but its value, and counts its samples in plain numbers")
    func statistics() {
        #expect(Metric.propagation.statistics == [.count, .min, .mean, .p50, .p95, .p99, .max])
        #expect(Metric.loads.statistics == [.value])
        #expect(Metric.propagation.unit(of: .count) == .count)
        #expect(Metric.propagation.unit(of: .p95) == .nanoseconds)
    }

    @Test("Comparisons mean what they say at the limit itself")
    func comparisons() {
        #expect(Target.Comparison.allCases.map { $0.holds(1, 1) } == [false, true, false, true])
        #expect(Target.Comparison.allCases.map { $0.holds(0, 1) } == [true, true, false, false])
    }

    @Test("A variant keeps no target on a layer or an instance that it does without")
    func variants() {
        func target(_ metric: Metric, _ labels: [String: String]) -> Target {
            Target(
                metric: metric.name, statistic: .p95, bound: .init(.less, .absolute(Quantity(1, .nanoseconds))),
                where: labels, position: SourcePosition(file: "s.yaml", line: 1, column: 1))
        }
        var scenario = scenario([sweep(.read), sweep(.warm, by: .everyInstance)])
        scenario.targets = [
            target(.readLatency, ["layer": "L1"]), target(.readLatency, ["layer": "origin"]),
            target(.warmingDuration, ["instance": "3"]),
        ]
        scenario.variation = Variation(layers: [[.l1], [.redis]], instances: [2, 3])
        let variants = scenario.variants()
        #expect(
            variants.map(\.label) == [
                "layers=L1, instances=2", "layers=L1, instances=3", "layers=redis, instances=2",
                "layers=redis, instances=3",
            ])
        #expect(variants.map(\.scenario.targets.count) == [2, 3, 1, 2])
    }

    @Test("A scenario that varies nothing has itself as its only variant")
    func noVariation() {
        let plain = scenario([sweep(.read)])
        #expect(plain.variants() == [ScenarioVariant(label: "", scenario: plain)])
    }

    @Test("Instances are dealt out to hosts in turn")
    func hosts() {
        let cluster = Cluster(instances: 4, hosts: 2, workers: 5)
        #expect((0..<4).map(cluster.host(ofInstance:)) == [0, 1, 0, 1])
        #expect(Actors.allCases.map { $0.count(in: cluster) } == [1, 4, 20])
    }
}
