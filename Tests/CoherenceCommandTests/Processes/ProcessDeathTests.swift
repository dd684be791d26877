import CacheHierarchy
import Checking
import Foundation
import History
import Judging
import Processes
import ScenarioRunner
import Scenarios
import Synchronization
import TestSupport
import Testing

extension ProcessTests {
    @Suite("Processes that are instances, and their deaths")
    struct ProcessDeathTests {
        private static func scenario(
            instances: Int = 2, operations: Int = 20, writes: Double = 0.3, faults: [Fault] = [],
            phases: [Phase]? = nil,
            checks: [CheckDeclaration] = [.sessions, .convergence]
        ) -> Scenario {
            let mix = Mix(
                data: ["k"], operationsPerWorker: operations, shares: Mix.Shares(read: 1 - writes, write: writes))
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

        /// How much each of them has recorded so far, in bytes.
        private static func recorded() -> [Int] {
            let temporary = FileManager.default.temporaryDirectory
            let folders = CommandTests().leftovers(of: ProcessInfo.processInfo.processIdentifier)
            return folders.flatMap { folder -> [Int] in
                let url = temporary.appending(path: folder)
                let files = FileManager.default.enumerator(at: url, includingPropertiesForKeys: [.fileSizeKey])
                return (files?.compactMap { $0 as? URL } ?? []).filter { $0.pathExtension == "jsonl" }.map {
                    (try? $0.resourceValues(forKeys: [.fileSizeKey]).fileSize) ?? 0
                }
            }
        }

        private final class Flag: Sendable { let isSet = Atomic(false) }

        /// Runs a scenario, and sends its processes a signal when all of them are at work.
        private static func run(
            _ scenario: Scenario, patience: Duration = .seconds(60), killing signal: Int32
        ) async throws -> ScenarioResult {
            let over = Flag()
            async let result = {
                defer { over.isSet.store(true, ordering: .releasing) }
                return try await ProcessScenariosTests.run(scenario, patience: patience)
            }()
            // Where patience is short, a slow machine may use it up before.
            try await eventually("instances at work") {
                recorded().count { $0 > 10_000 } == scenario.cluster.instances || over.isSet.load(ordering: .acquiring)
            }
            for instance in try instances() { kill(instance, signal) }
            return try await result
        }

        @Test(
            "What a process missed while it was cut off from another is gone afterwards; without suspicion it is caught"
        )
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
            let scenario = Self.scenario(operations: 100_000, writes: 0.9, checks: [.sessions])
            let result = try await Self.run(scenario, killing: SIGKILL)
            let failure = try #require(result.failure)
            #expect(result.verdict == .error)
            #expect(
                failure.hasPrefix("instance 1 (process ") && failure.contains("was ended by signal 9"), "\(failure)")
            let open = result.history.operations.filter { $0.end == Operation.never }
            #expect(!open.isEmpty && open.allSatisfy { $0.outcome == .unknown })
            #expect(failure.contains("while this was under way: "), "\(failure)")
            #expect(
                open.contains { failure.contains("\($0.kind) of \(result.history.keyName(of: $0) ?? "")") },
                "\(failure)")
            // What it had finished is known all the same, and is judged.
            #expect(result.checks.first?.verdict == .pass && result.checks.first!.examined > 0)
            #expect(try Self.instances().isEmpty)
        }

        @Test("A process that hangs is killed after its time, and reported")
        func hanging() async throws {
            let scenario = Self.scenario(instances: 1, operations: 20_000, checks: [.sessions])
            let result = try await Self.run(scenario, patience: .seconds(1), killing: SIGSTOP)
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
            #expect(
                result.failure?.contains("no program is known that could be one") == true, "\(result.failure ?? "")")
        }

        @Test(
            "A program that is no instance is an error that says how it ended",
            arguments: ["/bin/false", "/nowhere/instance"])
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
}
