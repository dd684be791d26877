import Foundation
import Testing

@testable import Scenarios

@Suite("Scenarios of an event bridge")
struct BridgeScenarioTests {
    /// One without errors.
    static let text = """
        scenario: Bots
        describe: One host publishes, bots listen.
        impact: { protects: [Acme] }
        run: when-named
        bridge:
          instances: 5
          publish: instance 1
          subscribe: instances 2 to 5
          duration: 1500ms
          rate: 2000/s
          payload: 1 KB
          transport: streams
          fault: restart-redis
        targets:
          - { metric: bridge.lost, limit: "<= 0" }
          - { metric: bridge.latency, statistic: p99, limit: "<= 500ms", warning: "< 100ms", where: { instance: 5 } }

        """

    static func load(_ text: String) throws -> BridgeScenario {
        let declared = try ScenarioLoader(targetsFolder: packageFolder + "/Fixtures/Targets")
            .decodeAny(text, file: "bots.yaml")
        guard case .bridge(let scenario) = declared else { throw CancellationError() }
        return scenario
    }

    @Test("Everything that can be declared is taken as it stands")
    func everything() throws {
        let scenario = try Self.load(Self.text)
        #expect(scenario.name == "Bots")
        #expect(scenario.file == "bots.yaml")
        #expect(scenario.description == "One host publishes, bots listen.")
        #expect(scenario.impact?.protects == ["Acme"])
        #expect(scenario.isRunOnlyWhenNamed)
        #expect(
            scenario.bridge
                == BridgeDeclaration(
                    instances: 5, publishers: [0], subscribers: [1, 2, 3, 4], duration: .milliseconds(1500), rate: 2000,
                    payload: 1000, transport: .streams, fault: .restartRedis))
        #expect(scenario.bridge.events == 3000)
        #expect(scenario.targets.map(\.metric) == ["bridge.lost", "bridge.latency"])
        #expect(scenario.targets[1].where == ["instance": "5"])
        #expect(scenario.targets[1].warning != nil)
    }

    @Test(
        "Instances are named one by one, by ranges, or all",
        arguments: [
            ("every instance", [0, 1, 2, 3, 4]), ("instance 5", [4]), ("[instance 3, instance 1]", [0, 2]),
            ("instances 2 to 4", [1, 2, 3]), ("[instances 4 to 5, instance 1]", [0, 3, 4]),
        ])
    func instances(written: String, numbers: [Int]) throws {
        let text = Self.text.replacing("subscribe: instances 2 to 5", with: "subscribe: every instance")
            .replacing("publish: instance 1", with: "publish: \(written)")
        #expect(try Self.load(text).bridge.publishers == numbers)
    }

    @Test("Without a word about it all publish and all subscribe, but for the one that a fault is done to")
    func defaults() throws {
        func bridge(fault: String) throws -> BridgeDeclaration {
            try Self.load(
                """
                scenario: A
                bridge: { instances: 3, duration: 1s, rate: 10/s, transport: pub-sub\(fault) }
                targets: [{ metric: bridge.lost, limit: "<= 0" }]
                """
            ).bridge
        }
        let plain = try bridge(fault: "")
        #expect(plain.publishers == [0, 1, 2])
        #expect(plain.subscribers == [0, 1, 2])
        #expect(plain.payload == 64)
        #expect(plain.fault == nil)
        for fault in BridgeDeclaration.Fault.allCases {
            let hit = try bridge(fault: ", fault: \(fault.rawValue)")
            #expect(hit.fault == fault, "\(fault)")
            #expect(hit.publishers == (fault.hitsLastInstance ? [0, 1] : [0, 1, 2]), "\(fault)")
            #expect(hit.subscribers == [0, 1, 2], "\(fault)")
        }
    }

    @Test("A table gives a bridge the rows that are a bridge's, or those that are named")
    func table() throws {
        let head = Self.text.prefix(while: { $0 != "\u{0}" }).components(separatedBy: "targets:")[0]
        let all = try Self.load(head + "targets: [{ use: event-bridge }]\n").targets
        #expect(all.count == 13)
        #expect(all.allSatisfy { $0.position.file.hasSuffix("Fixtures/Targets/event-bridge.yaml") })
        let two = try Self.load(head + "targets: [{ use: event-bridge, rows: [lost, p99-latency] }]\n").targets
        #expect(two.map(\.name) == ["lost", "p99-latency"])
        let errors = #expect(throws: ScenarioErrors.self) {
            try Self.load(head + "targets: [{ use: invalidation-chain }]\n")
        }
        #expect(errors?.description.contains("a table of which no row applies to this scenario") == true)
    }

    @Test("Who asks for a cluster is told that this is none")
    func noCluster() {
        let errors = #expect(throws: ScenarioErrors.self) {
            try ScenarioLoader().decode(Self.text, file: "bots.yaml")
        }
        #expect(
            errors?.description
                == """
                bots.yaml:1:1: error: bridge: found the scenario of an event bridge, which is run live and \
                nowhere else; expected one with cluster, data and phases
                """
        )
    }

    @Test("Labels have the values that the bridge gives them, and a cluster measures nothing of a bridge")
    func metrics() throws {
        let scenario = try Self.load(Self.text)
        #expect(scenario.values(of: .instance, for: .bridgePublished) == ["1"])
        #expect(scenario.values(of: .instance, for: .bridgeLost) == ["2", "3", "4", "5"])
        #expect(scenario.values(of: .instance, for: .bridgeErrors) == ["1", "2", "3", "4", "5"])
        #expect(scenario.values(of: .phase, for: .bridgeLost) == [])
        #expect(scenario.values(of: .instance, for: .warmingDuration) == [])
        let cluster = try ScenarioLoader(targetsFolder: ValidScenario.noTables)
            .decode(ValidScenario.text, file: "chain.yaml")
        for metric in Metric.catalogue {
            #expect(!cluster.produces(metric) || !scenario.produces(metric), "\(metric.name)")
        }
        for metric in Metric.ofBridge { #expect(scenario.produces(metric), "\(metric.name)") }
    }

    /// The files of the package: a new file is a new test.
    static let files =
        ((try? ScenarioLoader().scenarioFiles(under: packageFolder + "/Scenarios/Bridge")) ?? [""])

    @Test("Every bridge of the package judges what must never happen, and is short", arguments: files)
    func package(path: String) throws {
        guard case .bridge(let scenario) = try ScenarioLoader().loadAny(path) else {
            Issue.record("\(path) is no bridge")
            return
        }
        let judged = Set(scenario.targets.map(\.metric))
        let mayLose = scenario.bridge.transport != .streams && scenario.bridge.fault != nil
        for metric in Metric.neverOfBridge where !(mayLose && metric == .bridgeLost) {
            #expect(judged.contains(metric.name), "\(metric.name)")
        }
        #expect(scenario.bridge.duration <= .seconds(2))
        #expect(!scenario.isRunOnlyWhenNamed)
    }
}
