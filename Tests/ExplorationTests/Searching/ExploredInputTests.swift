import History
import Judging
import Scenarios
import TestSupport
import Testing

@testable import Exploration
@testable import ScenarioRunner

@Suite("What a run is given, as text and made smaller", .computing)
struct ExploredInputTests {
    private static let scripted = Scenario(
        name: "plan", file: "plan.yaml",
        cluster: Cluster(
            instances: 2, hosts: 1, workers: 2, invalidation: .acknowledged, layers: [LayerDeclaration(.l1)]),
        data: [
            DataSet(name: "a", keys: 3, valueSize: 10, tags: ["t", "u"]),
            DataSet(name: "b", keys: 2, valueSize: 20, tags: []),
        ],
        phases: [
            Phase(name: "write", action: .sweep(Sweep(.write, data: ["a", "b"], keys: 1, by: .everyInstance))),
            Phase(name: "tags", action: .invalidateTags(TagSweep(tags: ["u", "t"], by: .oneWorker))),
            Phase(name: "look", action: .inspect),
            Phase(name: "warm", action: .sweep(Sweep(.warm, data: ["a"], by: .everyInstance))),
            Phase(
                name: "mix",
                action: .mix(
                    Mix(
                        data: ["a", "b"], operationsPerWorker: 400,
                        shares: Mix.Shares(read: 0.5, write: 0.2, delete: 0.1, invalidate: 0.1, invalidateTag: 0.1)))),
        ])

    static let scenario = Scenario(
        name: "part", file: "part.yaml",
        cluster: Cluster(instances: 3, hosts: 2, workers: 2, layers: [LayerDeclaration(.l1)]),
        data: [DataSet(name: "a", keys: 3, tags: ["t"])],
        phases: [
            Phase(name: "look", action: .inspect),
            Phase(name: "read", action: .sweep(Sweep(.read, data: ["a"], by: .everyWorker))),
            Phase(name: "wait", action: .wait(.seconds(1))),
        ])

    static func input(_ operations: String, part: String = "") throws -> ExploredInput {
        let part = try ScenarioPart(text: part, of: scenario)
        return ExploredInput(
            scenario, part: part, plan: try WorkloadPlan(text: operations, for: part.applied(to: scenario)))
    }

    @Test("A plan as text is read back the same")
    func planText() throws {
        let scenario = Self.scripted
        let plan = WorkloadPlan(scenario, seed: 3)
        let again = try WorkloadPlan(text: plan.text, for: scenario)
        #expect(again.text == plan.text)
        #expect(again.count == plan.count)
    }

    @Test("A part as text is read back the same")
    func partText() throws {
        let text = "instances=0+2 workers=1 phases=1"
        let part = try ScenarioPart(text: text, of: Self.scenario)
        #expect("\(part)" == text)
        #expect(!part.isWhole(of: Self.scenario))
        #expect(try ScenarioPart(text: "", of: Self.scenario).isWhole(of: Self.scenario))
        let left = part.applied(to: Self.scenario)
        #expect(left.cluster.instances == 2)
        // 0 and 2 are on one host.
        #expect(left.cluster.hosts == 1)
        #expect(left.cluster.workers == 1)
        #expect(left.phases.map(\.name) == ["read"])
    }

    @Test(
        "A text that is no plan is refused with its column",
        arguments: [
            ("9.0 r a:0", 1, "a phase from 0 to 2"), ("1.0 r a:0; 1.6 r a:0", 12, "a worker from 0 to 5"),
            ("1.0 x a:0", 5, "r, w, d, i or t"), ("1.0 r a:0 w a;1", 13, "a key of the scenario's data"),
            ("1.0 r b:0", 7, "did you mean a:0?"), ("1.0 r", 1, "pairs"), ("1..0 r a:0", 1, "PHASE.WORKER"),
        ])
    func malformedPlan(text: String, column: Int, expected: String) throws {
        let error = try #require(throws: MalformedText.self) { try WorkloadPlan(text: text, for: Self.scenario) }
        #expect(error.column == column)
        #expect(error.expected.contains(expected), "\(error)")
    }

    @Test("A text as long as a file may be takes no quadratic time, which would be hours", .timeLimit(.minutes(5)))
    func longPlan() throws {
        let text = String(repeating: "1.0;", count: 250_000) + "9.0 r a:0"
        let error = try #require(throws: MalformedText.self) { try WorkloadPlan(text: text, for: Self.scenario) }
        #expect(error.column == 1_000_001)
    }

    @Test(
        "A text that is no part is refused with its column",
        arguments: [
            ("instances", 1, "NAME=VALUE"), ("workers=1 instances=0+3", 11, "from 0 to 2"),
            ("instances=1+0", 1, "growing numbers"), ("instances=1+1", 1, "growing numbers"),
            ("instances=", 1, "growing numbers"), ("workers=3", 1, "from 1 to 2"), ("workers=no", 1, "workers=NUMBER"),
            ("phases=3", 1, "from 0 to 2"), ("hosts=1", 1, "instances, workers, phases or"),
            ("faults=0", 1, "where some are declared"),
        ])
    func malformedPart(text: String, column: Int, expected: String) throws {
        let error = try #require(throws: MalformedText.self) { try ScenarioPart(text: text, of: Self.scenario) }
        #expect(error.column == column)
        #expect(error.expected.contains(expected), "\(error)")
    }

    @Test("Smaller plans lack a part each, down to single operations")
    func smallerPlans() throws {
        let plan = try WorkloadPlan(text: "0.0 r a:0 w a:1; 4.1 d b:0", for: Self.scripted)
        #expect(plan.count == 3)
        #expect(
            plan.smaller.map(\.text) == [
                "4.1 d b:0", "0.0 r a:0 w a:1", "0.0 w a:1; 4.1 d b:0", "0.0 r a:0; 4.1 d b:0", "0.0 r a:0 w a:1",
            ])
    }

    @Test("Smaller inputs lack idle instances first, then workers, then operations, then phases")
    func smaller() throws {
        let input = try Self.input("1.1 r a:0; 1.4 w a:1")
        #expect(
            input.smaller.map { "\($0.part): \($0.plan.text)" } == [
                "instances=0+2 workers=2 phases=0+1+2: 1.1 r a:0; 1.2 w a:1",
                "instances=0+1+2 workers=1 phases=0+1+2: 1.0 r a:0; 1.2 w a:1",
                "instances=0+1+2 workers=2 phases=0+1+2: 1.4 w a:1",
                "instances=0+1+2 workers=2 phases=0+1+2: 1.1 r a:0",
                "instances=0+1+2 workers=2 phases=1: 0.1 r a:0; 0.4 w a:1",
                "instances=0+1+2 workers=2 phases=1+2: 0.1 r a:0; 0.4 w a:1",
                "instances=0+1+2 workers=2 phases=0+1: 1.1 r a:0; 1.4 w a:1",
            ])
    }

    /// One fault of an instance, and one of Redis in two phases.
    static let faulty: Scenario = {
        var scenario = Self.scenario
        scenario.faults = [
            Fault(.partition, of: .instance(2), during: ["read"], until: .share(1)),
            Fault(.pause, of: .redis, during: ["read", "wait"], until: .share(1)),
        ]
        return scenario
    }()

    @Test(
        "A fault goes with its victim, and is on in the phases that are left",
        arguments: [
            ("", ["partition of instance 3 during read", "pause of redis during read, wait"]),
            ("instances=0+2", ["partition of instance 2 during read", "pause of redis during read, wait"]),
            ("instances=0", ["pause of redis during read, wait"]),
            ("phases=0+2", ["pause of redis during wait"]), ("phases=0", []),
            ("faults=0", ["partition of instance 3 during read"]), ("faults=none", []),
            ("faults=0 moments=any", ["partition of instance 3 during read"]),
        ])
    func faults(part: String, left: [String]) throws {
        let part = try ScenarioPart(text: part, of: Self.faulty)
        let faults = part.applied(to: Self.faulty).faults
        #expect(faults.map { "\($0) during \($0.phases.joined(separator: ", "))" } == left)
        #expect(try ScenarioPart(text: "\(part)", of: Self.faulty) == part)
        #expect(part.applied(to: Self.faulty).faults.allSatisfy { $0.isAtAnyMoment == part.isAtAnyMoment })
    }

    @Test("Smaller inputs lack all faults, or one")
    func fewerFaults() throws {
        let part = try ScenarioPart(text: "instances=2 workers=1 phases=1", of: Self.faulty)
        let plan = try WorkloadPlan(text: "0.0 r a:0", for: part.applied(to: Self.faulty))
        let smaller = ExploredInput(Self.faulty, part: part, plan: plan).smaller
        #expect(
            smaller.map { "\($0.part)" }.prefix(3) == [
                "instances=2 workers=1 phases=1 faults=none", "instances=2 workers=1 phases=1 faults=1",
                "instances=2 workers=1 phases=1 faults=0",
            ])
    }

    @Test("With one key only, what is done to other keys is left out, and tags stay")
    func onlyKey() throws {
        let input = try Self.input("1.1 r a:0 w a:1 t t; 1.4 w a:1")
        #expect(input.withOnly(key: "a:0")?.plan.text == "1.1 r a:0 t t")
        #expect(input.withOnly(key: "a:1")?.withOnly(key: "a:1") == nil)
    }

    @Test("What is smaller still is a part of the whole, and one instance and one worker stay")
    func smallest() throws {
        let input = try Self.input("0.1 r a:0", part: "instances=2 workers=2 phases=1")
        #expect(
            input.smaller.map { "\($0.part): \($0.plan.text)" } == [
                "instances=2 workers=1 phases=1: 0.0 r a:0", "instances=2 workers=2 phases=1: ",
            ])
        #expect(
            try Self.input("", part: "instances=1+2 workers=1 phases=1").smaller.map { "\($0.part)" } == [
                "instances=1 workers=1 phases=1", "instances=1+2 workers=1 phases=",
            ])
    }

    @Test(
        "Failures have one shape if only names, numbers and the order of workers differ",
        arguments: [
            ("1.0 r a:0; 1.1 w a:0", "1.4 w a:2; 1.5 r a:2", true),
            ("1.0 r a:0; 1.1 w a:0", "1.0 w a:0; 1.2 r a:0", false),
            ("1.0 r a:0; 1.1 w a:0", "1.0 r a:0; 1.1 w a:1", false), ("1.0 r a:0", "1.0 w a:0", false),
            ("1.0 r a:0 r a:1", "1.2 r a:2 r a:0", true), ("1.0 r a:0 r a:1", "1.2 r a:2 r a:2", false),
        ])
    func shapes(left: String, right: String, isSame: Bool) throws {
        let kind = ViolationKind(check: "c", rule: "r")
        let shapes = try [left, right].map { FailureShape(kind, try Self.input($0)) }
        #expect((shapes[0] == shapes[1]) == isSame, "\(shapes)")
    }
}
