import BridgeTrial
import EventBridge
import Foundation
import Judging
import Processes
import Scenarios
import Testing

/// The files in Scenarios/Bridge: a new file is a new test, unless it has so many processes that the tests beside this one
/// would starve. Those are for the gate, which runs one scenario at a time.
@Suite("Scenarios of an event bridge, between processes", .serialized)
struct BridgeScenarioRunTests {
    static let folder = CommandTests.root + "/Scenarios/Bridge"

    /// A folder that cannot be read, or is empty, is one case, which fails.
    static let names: [String] = {
        let files = (try? ScenarioLoader().scenarioFiles(under: folder)) ?? []
        let names = files.map { URL(filePath: $0).deletingPathExtension().lastPathComponent }
            .filter { ((try? load($0))?.bridge.instances ?? 0) <= 5 }
        return names.isEmpty ? [""] : names
    }()

    static func load(_ name: String) throws -> BridgeScenario {
        guard case .bridge(let scenario) = try ScenarioLoader().loadAny("\(folder)/\(name).yaml") else {
            throw CancellationError()
        }
        return scenario
    }

    static func run(_ scenario: BridgeScenario, defect: TrialPlan.Defect? = nil) async -> BridgeRun {
        let program = InstanceProgram(path: CommandTests.command, arguments: ["bridge-instance"])
        return await BridgeRunner(program: program).run(scenario, defect: defect)
    }

    @Test("Nothing happens that must not, and everything is judged", arguments: names)
    func scenario(name: String) async throws {
        let scenario = try Self.load(name)
        let run = await Self.run(scenario)
        let trial = try #require(run.trial, "\(run.failure ?? "")")
        #expect(trial.notes.isEmpty)
        #expect(trial.dead.isEmpty)
        // How fast it was says nothing on a machine with other work to do: a missed target is judged by the gate.
        let missed = run.targets.filter { $0.verdict != .pass }.map { "\($0.title): \($0.measured ?? -1)" }
        #expect([.pass, .missed].contains(run.verdict), "\(missed)")
        #expect(trial.published == UInt64(scenario.bridge.events))
        for instance in trial.instances {
            let number = instance.number
            #expect((instance.report?.bridge.published ?? 0 > 0) == scenario.bridge.publishers.contains(number))
            if !scenario.bridge.subscribers.contains(number) { #expect(instance.received == 0) }
        }
        let disconnected = trial.instances.compactMap(\.report).filter { $0.bridge.disconnections > 0 }
        switch scenario.bridge.fault {
        case .killSubscribers, .restartRedis:
            #expect(disconnected.count == scenario.bridge.instances)
            #expect(disconnected.allSatisfy { $0.longestAbsence > 0 })
        case .restartSubscriber:
            #expect(trial.instances.map(\.restarts) == [0, 0, 0, 1])
            #expect(trial.instances.last?.report?.bridge.duplicatesFiltered ?? 0 > 0)
        case nil, .slowSubscriber: break
        }
    }

    /// What an instance that is killed forgets, and what comes of it.
    struct Forgetting: Sendable, CustomTestStringConvertible {
        let defect: TrialPlan.Defect
        let transport: BridgeDeclaration.Transport
        let lost: Bool
        let twice: Bool
        var testDescription: String { "\(defect.rawValue), \(transport.rawValue)" }
    }

    static let forgetting = [
        Forgetting(defect: .forgottenPosition, transport: .streams, lost: true, twice: false),
        Forgetting(defect: .forgottenDeliveries, transport: .streams, lost: false, twice: true),
    ]

    @Test("A subscriber that comes back without what it had kept is found out", arguments: forgetting)
    func forgotten(_ example: Forgetting) async throws {
        var scenario = try Self.load("streams-subscriber-restarted")
        scenario.bridge.transport = example.transport
        let run = await Self.run(scenario, defect: example.defect)
        let trial = try #require(run.trial, "\(run.failure ?? "")")
        #expect(run.verdict == .violation)
        #expect((trial.lost > 0) == example.lost)
        #expect((trial.duplicates > 0) == example.twice)
        // Only that instance, and its loss is counted, since it knows what it was given before.
        for instance in trial.instances.dropLast() { #expect(trial.lost(by: instance) == 0) }
        #expect(trial.miscounting.isEmpty)
    }

    @Test(
        "A channel keeps nothing for a subscriber that is killed: what it missed is lost, and counted to the last event"
    )
    func channel() async throws {
        var scenario = try Self.load("streams-subscriber-restarted")
        scenario.bridge.transport = .pubSub
        let run = await Self.run(scenario)
        let trial = try #require(run.trial, "\(run.failure ?? "")")
        let last = try #require(trial.instances.last)
        #expect(last.restarts == 1)
        #expect(trial.lost(by: last) > 0)
        #expect(trial.lost == trial.lost(by: last))
        #expect(trial.miscounting.isEmpty)
        #expect(trial.duplicates == 0)
        #expect(run.verdict == .violation)
    }
}
