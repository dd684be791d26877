import AdapterProtocol
import CacheHierarchy
import Foundation
import History
import Judging
import Processes
import RedisClient
import Scenarios
import Support

import struct History.Operation

/// Puts instances of a cache under test into their places, whatever they are.
protocol SubjectPlacing: Seating {
    var scenario: Scenario { get }
    var origin: SubjectOrigin { get }
    var troubles: TroubleLedger { get }

    /// A process of an instance is about to stand still, or goes on.
    func noteStopped(_ isStopped: Bool, _ process: pid_t) async

    /// Starts an instance.
    func launch(
        _ number: Int, incarnation: Int
    ) async throws -> (incarnation: SubjectSeat.Incarnation, description: AdapterDescription)
}

/// Instances of a cache under test: processes of an adapter.
struct SubjectSeating: SubjectPlacing {
    let scenario: Scenario
    let subject: SubjectDeclaration
    /// Before the names of the instances.
    let prefix: String
    /// Where the files of the cluster are.
    let folder: String
    let server: RedisConfiguration
    let namespace: RedisNamespace
    let forwarder: Forwarder
    let origin: SubjectOrigin
    let registry: ProcessRegistry
    let troubles: TroubleLedger
    let seed: UInt64
}

extension SubjectPlacing {
    func seat(
        _ number: Int, of cluster: Cluster, recorder: Recorder, ledger: InvalidationLedger
    ) async throws -> (member: any InstanceSeat, workers: [any ScenarioWorker]) {
        let seat = try await SubjectSeat(number, seating: self, recorder: recorder)
        do {
            if let wrong = seat.description.wrongWord {
                throw seat.present.process.wrongAnswer(.initialise, "\(wrong.text). \(wrong.advice)")
            }
            try scenario.requireOffered(by: seat.description)
        } catch {
            await seat.stop()
            throw error
        }
        let workers = (0..<cluster.workers).map { place in
            SubjectWorker(
                number: number * cluster.workers + place, place: place, of: cluster.totalWorkers, seat: seat,
                recorder: recorder, calls: seat.calls)
        }
        return (seat, workers)
    }
}

extension Scenario {
    private func advice(forMissing operation: AdapterOperation) -> String {
        let word = operation.rawValue
        let addition =
            subject?.isLocal == true
            ? "Implement it and name it in the profile" : "Add \(SubjectRecord.method(word)) to the adapter"
        return "\(addition), or leave the operation out of the scenario. With requires: [\(word)] the scenario is left "
            + "out for caches without it"
    }

    /// - Throws: ``WorldError`` if the scenario does something that the cache does not offer.
    package func requireOffered(by description: AdapterDescription) throws {
        if let lack = SubjectLacks(self, SubjectRecord(description)) { throw lack }
        let missing = adapterOperations.subtracting(description.operations)
        if let operation = AdapterOperation.allCases.first(where: missing.contains) {
            let slip = description.unknownOperations.first {
                NearestWord.suggestion(for: $0, among: [operation.rawValue]) != nil
            }
            throw WorldError(
                .subjectUnfit,
                "the subject \(description.name.printable) offers no \(operation.rawValue), "
                    + "and the scenario asks for it"
                    + (slip.map { "; its operations have \"\($0.printable)\", which is none" } ?? ""),
                advice: advice(forMissing: operation))
        }
        if checks.isEmpty, targets.isEmpty, SubjectRecord(description).usualChecks.isEmpty {
            throw WorldError(
                .subjectUnfit,
                "the scenario declares neither checks nor targets, and the subject \(description.name.printable) "
                    + "promises nothing that could be checked",
                advice: "Declare checks, or say what the cache promises: acknowledged, announced or session")
        }
    }
}

extension SubjectSeating {
    func noteStopped(_ isStopped: Bool, _ process: pid_t) async { await registry.setStopped(isStopped, process) }

    /// Starts a process, and has its cache started.
    func launch(
        _ number: Int, incarnation: Int
    ) async throws -> (incarnation: SubjectSeat.Incarnation, description: AdapterDescription) {
        let id = InstanceStarter.name(of: number, incarnation, prefix: prefix)
        let port = try await forwarder.addRouteByPort(id)
        let route = LiveRoute(
            configuration: server.reached(through: port), forwarder: forwarder, route: id)
        var configuration = AdapterProcess.Configuration(command: subject.command)
        configuration.instance = number
        configuration.folder = subject.folder
        configuration.longestLine = scenario.longestSubjectLine
        configuration.mark = registry.mark
        configuration.secrets = [server.password].compactMap(\.self)
        configuration.onStart = { [registry] in registry.started($0) }
        configuration.onEnd = { [registry] in registry.ended($0) }
        let process = AdapterProcess(
            configuration,
            onLog: { [troubles] level, text in troubles.log(level, text, instance: number) },
            origin: { [origin] ask in await origin.answer(ask, instance: number) })
        let directory = "\(folder)/host-\(scenario.cluster.host(ofInstance: number))"
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            let description = try await process.start(
                AdapterStart(
                    instance: number, instances: scenario.cluster.instances, workers: scenario.cluster.workers,
                    redis: route.configuration.url, directory: directory, namespace: namespace.root + ":",
                    seed: seed &+ UInt64(number), configuration: subject.configuration))
            return (SubjectSeat.Incarnation(number: incarnation, name: id, process: process, route: route), description)
        } catch {
            await route.sever()
            throw error
        }
    }
}

extension RedisConfiguration {
    /// The same server behind a port of this machine.
    func reached(through port: UInt16) -> RedisConfiguration {
        var configuration = self
        configuration.endpoint = .tcp(host: "127.0.0.1", port: Int(port))
        return configuration
    }
}

extension Scenario {
    /// What workers do in it.
    var adapterOperations: Set<AdapterOperation> {
        phases.reduce(into: []) { $0.formUnion($1.action.adapterOperations) }
    }

    /// The most bytes in a line of an adapter: a value, or an inspection of all keys, whose characters may all be
    /// escaped.
    package var longestSubjectLine: Int {
        let bytes = data.reduce(0.0) { $0 + Double($1.keys) * Double($1.valueSize + 256) }
        return Int(min(6 * bytes, 1e9)) + (1 << 20)
    }
}

extension Phase.Action {
    fileprivate var adapterOperations: Set<AdapterOperation> {
        switch self {
        case .sweep(let sweep):
            switch sweep.operation {
            case .read, .warm: [.read]
            case .write: [.write]
            case .delete: [.delete]
            case .invalidate: [.invalidate]
            }
        case .invalidateTags: [.invalidateTag]
        case .mix(let mix):
            Set(
                [
                    (mix.shares.read, AdapterOperation.read), (mix.shares.write, .write), (mix.shares.delete, .delete),
                    (mix.shares.invalidate, .invalidate), (mix.shares.invalidateTag, .invalidateTag),
                ].filter { $0.0 > 0 }.map(\.1))
        case .script(let script): Set(script.workers.joined().map(\.adapterOperation))
        case .wait, .inspect: []
        }
    }
}

extension Script.Step {
    fileprivate var adapterOperation: AdapterOperation {
        switch self {
        case .read, .readMany: .read
        case .write: .write
        case .delete: .delete
        case .invalidate: .invalidate
        case .invalidateTag: .invalidateTag
        }
    }
}
