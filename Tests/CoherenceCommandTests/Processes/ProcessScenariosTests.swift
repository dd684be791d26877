import Foundation
import Judging
import Processes
import Reporting
import ScenarioRunner
import Scenarios
import Testing

/// One after the other, all of them: they look at the processes that this one has started.
@Suite("Instances that are processes", .serialized)
enum ProcessTests {}

extension ProcessTests {
    /// The files in Scenarios/Processes: a new file is a new test.
    @Suite("Scenarios whose instances are processes")
    struct ProcessScenariosTests {
        static let folder = CommandTests.root + "/Scenarios/Processes"

        /// A folder that cannot be read, or is empty, is one case, which fails.
        static let names: [String] = {
            let files = (try? ScenarioLoader().scenarioFiles(under: folder)) ?? []
            return files.isEmpty ? [""] : files.map { URL(filePath: $0).deletingPathExtension().lastPathComponent }
        }()

        /// Runs a scenario live, its instances as processes of the built command.
        static func run(
            _ scenario: Scenario, seed: UInt64 = 1, patience: Duration = .seconds(60),
            _ change: (inout ScenarioRunner.Configuration) -> Void = { _ in }
        ) async throws -> ScenarioResult {
            var configuration = ScenarioRunner.Configuration()
            configuration.instanceProgram = InstanceProgram(
                path: CommandTests.command, arguments: ["instance"], patience: patience)
            change(&configuration)
            let runner = try await ScenarioRunner.open(configuration)
            let results = await runner.run(scenario, seed: seed)
            await runner.close()
            return try #require(results.first)
        }

        static func block(_ result: ScenarioResult) -> Comment {
            let report = Report(version: "", results: [result])
            return "\(TerminalReport(report, isColoured: false).block(result)) \(result.failure ?? "")"
        }

        @Test("Every scenario holds, every fault takes effect, and every instance was a process", arguments: names)
        func scenario(name: String) async throws {
            let scenario = try ScenarioLoader().load("\(Self.folder)/\(name).yaml")
            #expect(scenario.cluster.placement == .processes)
            #expect(scenario.worlds.contains(.live))
            let seed = UInt64.random(in: 1...999_999_999)
            let result = try await Self.run(scenario, seed: seed)
            switch result.verdict {
            case .pass: break
            // A debug build on a loaded machine proves nothing about speed.
            case .missed: Issue.record(Self.block(result), severity: .warning)
            case .unknown, .violation, .error: Issue.record(Self.block(result))
            }
            #expect(result.faults.allSatisfy { $0.tookEffect && $0.end != nil })
            // A process that is killed takes nothing with it of what it had finished or only begun.
            let planned = scenario.phases.reduce(0) { $0 + scenario.operations(of: $1) }
            // One that a worker was told to do may not have reached the process before it was killed: nothing has
            // happened then.
            let crashes = result.faults.count { if case .crash = $0.fault.action { true } else { false } }
            #expect((planned - crashes * scenario.cluster.workers...planned).contains(result.operations.total))
        }
    }
}

extension Scenario {
    /// How many operations its workers are to perform in a phase.
    fileprivate func operations(of phase: Phase) -> Int {
        func actors(_ by: Actors) -> Int {
            switch by {
            case .oneWorker: 1
            case .everyInstance: cluster.instances
            case .everyWorker: cluster.totalWorkers
            }
        }
        return switch phase.action {
        case .sweep(let sweep):
            actors(sweep.by)
                * sweep.data.compactMap { dataSet(named: $0) }.reduce(0) { $0 + min($1.keys, sweep.keys ?? $1.keys) }
        case .invalidateTags(let sweep): actors(sweep.by) * sweep.tags.count
        case .mix(let mix): cluster.totalWorkers * mix.operationsPerWorker
        case .script(let script): script.workers.reduce(0) { $0 + $1.count }
        case .wait, .inspect: 0
        }
    }
}
