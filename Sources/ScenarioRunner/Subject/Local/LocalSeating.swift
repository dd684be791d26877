import AdapterProtocol
import CacheHierarchy
import Foundation
import Processes
import Scenarios
import Simulation

/// Instances of a cache that is part of this process.
struct LocalSeating: SubjectPlacing {
    let subject: LocalSubject
    let scenario: Scenario
    let origin: SubjectOrigin
    let troubles: TroubleLedger
    let shared = LocalShared()
    /// Before the names of the instances.
    let prefix: String
    /// What is known of the places of processes, which those of this process take; `nil` in a simulation.
    private let live: SubjectSeating?
    private let namespace: String
    private let seed: UInt64

    /// In the live world, in the places that processes would have.
    init(live: SubjectSeating, subject: LocalSubject) {
        self.subject = subject
        self.live = live
        scenario = live.scenario
        origin = live.origin
        troubles = live.troubles
        prefix = live.prefix
        namespace = live.namespace.root + ":"
        seed = live.seed
    }

    /// In a simulation.
    init(
        _ scenario: Scenario, subject: LocalSubject, origin: SubjectOrigin, troubles: TroubleLedger, prefix: String,
        seed: UInt64
    ) {
        self.troubles = troubles
        self.subject = subject
        self.scenario = scenario
        self.origin = origin
        self.prefix = prefix
        self.seed = seed
        live = nil
        namespace = prefix + ":"
    }

    /// There are no processes.
    func noteStopped(_ isStopped: Bool, _ process: pid_t) async {}

    func launch(
        _ number: Int, incarnation: Int
    ) async throws -> (incarnation: SubjectSeat.Incarnation, description: AdapterDescription) {
        let id = InstanceStarter.name(of: number, incarnation, prefix: prefix)
        let route = try await route(id)
        let directory = live.map { "\($0.folder)/host-\(scenario.cluster.host(ofInstance: number))" }
        let gate = LocalGate()
        do {
            if let directory {
                try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            }
            let cache = try await start(number, gate, redis: route?.configuration.url, directory: directory)
            let driver = LocalDriver(
                cache, instance: number, clock: origin.clock, isLive: live != nil, gate: gate)
            return (
                SubjectSeat.Incarnation(number: incarnation, name: id, process: driver, route: route),
                cache.description
            )
        } catch {
            gate.close()
            await route?.sever()
            throw error
        }
    }

    /// A way to Redis of its own, which faults can cut.
    private func route(_ id: String) async throws -> LiveRoute? {
        guard let live else { return nil }
        let port = try await live.forwarder.addRouteByPort(id)
        return LiveRoute(configuration: live.server.reached(through: port), forwarder: live.forwarder, route: id)
    }

    /// - Throws: ``WorldError`` with what the cache threw.
    private func start(
        _ number: Int, _ gate: LocalGate, redis: String?, directory: String?
    ) async throws -> any LocalCache {
        let start = AdapterStart(
            instance: number, instances: scenario.cluster.instances, workers: scenario.cluster.workers, redis: redis,
            directory: directory ?? "", namespace: namespace, seed: seed &+ UInt64(number),
            configuration: scenario.subject?.configuration ?? [:])
        let surroundings = LocalSurroundings(
            start: start, isLive: live != nil, clock: origin.clock, shared: shared
        ) { [origin] ask in await gate.pass(ask, to: origin, ofInstance: number) }
        do {
            return try await subject.start(surroundings)
        } catch let error as CancellationError {
            throw error
        } catch {
            throw WorldError(
                .subjectUnfit, "instance \(number + 1) of the cache could not be started: \(error)".printable,
                advice: "What it threw is thrown where the test makes the cache")
        }
    }
}

extension Fault {
    /// Whether it can befall a cache of this process in a simulation: the crash of an instance, or what is wrong with
    /// the origin.
    fileprivate var isSimulatedLocally: Bool {
        if concernsOrigin { return true }
        if case .crash = action { return victim != .redis }
        return false
    }
}

extension SubjectDeclaration {
    /// Whether it is no program.
    var isLocal: Bool { command.isEmpty }
}

extension Scenario {
    /// The same scenario on a cache that is part of this process, in a world that the caller chooses.
    package func testingLocally(in world: World) -> Scenario {
        var scenario = self
        let declared = subject
        scenario.subject = SubjectDeclaration(
            command: "", configuration: declared?.configuration ?? [:],
            originDelay: declared?.originDelay ?? SubjectDeclaration.usualOriginDelay)
        scenario.worlds = [world]
        return scenario
    }

    /// - Throws: ``WorldError`` if it asks for what such a cache cannot have, or be.
    package func requireLocal(in world: World) throws {
        var reasons = reasonsAgainstSubject
        for fault in faults {
            if case .pause = fault.action, fault.victim != .redis, !fault.concernsOrigin {
                reasons.append("a cache in the process of the test cannot be made to stand still (\(fault))")
            }
        }
        if world == .simulated, let fault = faults.first(where: { !$0.isSimulatedLocally }) {
            reasons.append("a simulation has no Redis that this could befall (\(fault))")
        }
        guard let reason = reasons.first else { return }
        throw WorldError(
            .subjectUnfit, "the scenario is none for a Swift cache: \(reason)",
            advice: "Leave that out, or declare it in another scenario")
    }
}
