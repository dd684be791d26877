import Processes
import Scenarios
import Testing

@testable import ScenarioRunner

@Suite("The budget of a run")
struct RunBudgetTests {
    private static func scenario(
        _ phases: [Phase.Action], cluster: Cluster = Cluster(instances: 2, workers: 2), keys: Int = 10,
        faults: [Fault] = []
    ) -> Scenario {
        Scenario(
            name: "Budget", file: "budget.yaml", cluster: cluster, data: [DataSet(name: "users", keys: keys)],
            phases: phases.enumerated().map { Phase(name: "phase-\($0.offset)", action: $0.element) }, faults: faults)
    }

    private static func mix(_ operations: Int, pace: Double? = nil) -> Phase.Action {
        .mix(Mix(data: ["users"], operationsPerWorker: operations, pace: pace, shares: Mix.Shares(read: 1)))
    }

    @Test("It is five times what the phases should take, and 30 seconds")
    func isFiveTimesTheExpected() {
        let budget = RunBudget(for: Self.scenario([Self.mix(1000)]))
        #expect(budget.limit == budget.expected * 5 + .seconds(30))
        #expect(budget.expected >= .seconds(4), "4 workers have 1,000 operations of a millisecond each")
        #expect(budget.limit < .seconds(120))
    }

    @Test(
        "What takes longer has more",
        arguments: [
            ("more operations", scenario([mix(1000)]), scenario([mix(2000)])),
            ("a wait", scenario([mix(1000)]), scenario([mix(1000), .wait(.seconds(60))])),
            ("a pace", scenario([mix(1000)]), scenario([mix(1000, pace: 10)])),
            ("more keys", scenario([mix(1000)]), scenario([mix(1000)], keys: 100_000)),
            (
                "processes", scenario([mix(1000)]),
                scenario([mix(1000)], cluster: Cluster(instances: 2, workers: 2, placement: .processes))
            ),
            (
                "a fault", scenario([mix(1000)]),
                scenario(
                    [mix(1000)], faults: [Fault(.pause, of: .redis, during: ["phase-0"], until: .after(.seconds(5)))])
            ),
        ])
    func whatTakesLonger(what: String, shorter: Scenario, longer: Scenario) {
        #expect(RunBudget(for: longer).limit > RunBudget(for: shorter).limit, "\(what)")
    }

    @Test("A wait of virtual time takes next to none")
    func virtualTime() {
        let hour = Self.scenario([.wait(.seconds(3600))])
        #expect(RunBudget(for: hour, in: .simulated).expected < .seconds(10))
        #expect(RunBudget(for: hour).expected > .seconds(3600))
    }

    @Test("A limit that is given replaces it")
    func givenLimit() {
        #expect(RunBudget(for: Self.scenario([Self.mix(1000)]), limit: .seconds(7)).limit == .seconds(7))
    }

    @Test("The largest declarations have a budget, and overflow nothing")
    func largest() {
        let largest = Self.scenario(
            [Self.mix(.max, pace: 1e-300), .wait(.seconds(315_360_000)), .inspect],
            cluster: Cluster(instances: 256, workers: 1024), keys: .max)
        #expect(RunBudget(for: largest).limit < .seconds(1e10))
    }
}
