import CacheHierarchy
import Foundation
import History
import ScenarioRunner
import Scenarios
import Testing

@Suite("Processes that are instances, and their deaths", .serialized)
struct ProcessDeathTests {
    private static func scenario(
        instances: Int = 2, operations: Int = 20, faults: [Fault] = [], phases: [Phase]? = nil,
        checks: [CheckDeclaration] = [.sessions, .convergence]
    ) -> Scenario {
        let mix = Mix(data: ["k"], operationsPerWorker: operations, shares: Mix.Shares(read: 0.7, write: 0.3))
        return Scenario(
            name: "processes", file: "in code",
            cluster: Cluster(
                instances: instances, hosts: 1, workers: 2, placement: .processes, invalidation: .announced,
                lease: .milliseconds(200), layers: [LayerDeclaration(.l1), LayerDeclaration(.redis)]),
            data: [DataSet(name: "k", keys: 3)],
            phases: phases ?? [Phase(name: "race", action: .mix(mix)), Phase(name: "look", action: .inspect)],
            faults: faults, checks: checks)
    }

    /// The processes that this one has started for instances, in the order of their numbers.
    private static func instances() throws -> [pid_t] {
        try ProcessList.children(of: ProcessInfo.processInfo.processIdentifier, named: "instance")
    }

    /// Runs a scenario, and does something to its processes as soon as they are there and work.
    private static func run(
        _ scenario: Scenario, patience: Duration = .seconds(60), meanwhile: @escaping @Sendable ([pid_t]) -> Void
    ) async throws -> ScenarioResult {
        let (working, isWorking) = AsyncStream.makeStream(of: Void.self)
        let victims = Task {
            for await _ in working { break }
            meanwhile(try instances())
        }
        let result = try await ProcessScenariosTests.run(scenario, patience: patience) { configuration in
            configuration.onProgress = { if case .phase = $0 { isWorking.yield() } }
        }
        isWorking.finish()
        try await victims.value
        return result
    }

    @Test("What a process missed while it was cut off from another is gone afterwards; without suspicion it is caught")
    func missed() async throws {
        // Longer than an instance hears nothing without taking its connection for lost.
        let scenario = Self.scenario(
            faults: [Fault(.partition, of: .instance(1), during: ["change"], until: .after(.milliseconds(600)))],
            phases: [
                Phase(name: "fill", action: .sweep(Sweep(.read, data: ["k"], by: .everyWorker))),
                Phase(name: "change", action: .sweep(Sweep(.write, data: ["k"], by: .oneWorker))),
                Phase(name: "look", action: .inspect),
                Phase(name: "again", action: .sweep(Sweep(.read, data: ["k"], by: .everyWorker))),
            ])
        for (defects, verdict) in [(Set<Defect>(), RunVerdict.pass), ([.missedWhileDisconnected], .violation)] {
            let result = try await ProcessScenariosTests.run(scenario) { $0.defects = defects }
            #expect(result.verdict == verdict, ProcessScenariosTests.block(result))
        }
        // Alone, a process has nobody whose changes it could miss.
        var alone = scenario
        alone.cluster.instances = 1
        alone.faults = [Fault(.partition, of: .instance(0), during: ["again"], until: .after(.milliseconds(600)))]
        let result = try await ProcessScenariosTests.run(alone) { $0.defects = [.missedWhileDisconnected] }
        #expect(result.verdict == .pass, ProcessScenariosTests.block(result))
    }

    @Test("A process that dies is named with its signal and with what it had under way, whose outcome is unknown")
    func killed() async throws {
        let result = try await Self.run(Self.scenario(operations: 100_000, checks: [.sessions])) { instances in
            for instance in instances.prefix(1) { kill(instance, SIGKILL) }
            // The other one would go on for long.
            for instance in instances.dropFirst() { kill(instance, SIGTERM) }
        }
        let failure = try #require(result.failure)
        #expect(result.verdict == .error)
        #expect(failure.contains("was ended by signal 9") || failure.contains("was ended by signal 15"), "\(failure)")
        let open = result.history.operations.filter { $0.end == Operation.never }
        #expect(!open.isEmpty && open.allSatisfy { $0.outcome == .unknown })
        #expect(failure.contains("while this was under way: "), "\(failure)")
        #expect(open.contains { failure.contains("\($0.kind) of \(result.history.keyName(of: $0) ?? "")") }, "\(failure)")
        // What it had finished is known all the same, and is judged.
        #expect(result.checks.first?.verdict == .pass && result.checks.first!.examined > 0)
        #expect(try Self.instances().isEmpty)
    }

    @Test("A process that hangs is killed after its time, and reported")
    func hanging() async throws {
        let scenario = Self.scenario(instances: 1, operations: 1_000_000, checks: [.sessions])
        let result = try await Self.run(scenario, patience: .seconds(1)) { for instance in $0 { kill(instance, SIGSTOP) } }
        #expect(result.verdict == .error)
        let failure = try #require(result.failure)
        #expect(failure.contains("instance 1 (process ") && failure.contains("did not get on for"), "\(failure)")
        #expect(try Self.instances().isEmpty)
    }

    @Test("A fault that kills an instance ends a process, and another one takes its place")
    func replaced() async throws {
        let crash = Fault(.crash(nil), of: .instance(1), during: ["race"], from: 0.5, until: nil)
        let result = try await ProcessScenariosTests.run(Self.scenario(faults: [crash]))
        #expect(result.verdict == .pass, ProcessScenariosTests.block(result))
        // Its workers are counted on from those of the first.
        let workers = Set(result.history.operations.filter { $0.instance == 1 && $0.worker >= 0 }.map(\.worker))
        #expect(workers == [2, 3, 6, 7])
        #expect(try Self.instances().isEmpty)
    }

    @Test("Without a program to start nothing is run, and it says so")
    func noProgram() async throws {
        let result = try await ProcessScenariosTests.run(Self.scenario()) { $0.instanceProgram = nil }
        #expect(result.verdict == .unknown)
        #expect(result.failure?.contains("no program is known that could be one") == true, "\(result.failure ?? "")")
    }

    @Test("A program that is no instance is an error that says how it ended", arguments: ["/bin/false", "/nowhere/instance"])
    func wrongProgram(path: String) async throws {
        let result = try await ProcessScenariosTests.run(Self.scenario()) {
            $0.instanceProgram = InstanceProgram(path: path, arguments: [])
        }
        #expect(result.verdict == .error)
        let failure = try #require(result.failure)
        #expect(failure.hasPrefix("instance 1 could not be started: it "), "\(failure)")
        #expect(failure.contains(path == "/bin/false" ? "exited with 1" : "could not be run"), "\(failure)")
    }
}
