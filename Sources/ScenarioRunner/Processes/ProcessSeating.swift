import CacheHierarchy
import Foundation
import History
import Processes
import RedisClient
import Scenarios

/// Instances as processes of their own.
struct ProcessSeating: Seating {
    let program: InstanceProgram
    let scenario: Scenario
    let defects: Set<Defect>
    /// Before the names of the instances.
    let prefix: String
    /// Where the files of the cluster are.
    let folder: String
    let server: RedisConfiguration
    let tier: RedisSharedTier.Configuration
    let injector: LiveFaultInjector?
    let registry: ProcessRegistry

    func seat(
        _ number: Int, of cluster: Cluster, recorder: Recorder, ledger: InvalidationLedger
    ) async throws -> (member: any InstanceSeat, workers: [any ScenarioWorker]) {
        let seat = try await ProcessSeat(number, launcher: self, recorder: recorder, ledger: ledger)
        let workers = (0..<cluster.workers).map { ProcessWorker(number: number * cluster.workers + $0, seat: seat) }
        return (seat, workers)
    }

    /// Starts a process, and has it join the cluster.
    func launch(_ number: Int, incarnation: Int) async throws -> InstanceProcess {
        let id = InstanceStarter.name(of: number, incarnation, prefix: prefix)
        let route = try await injector?.makeRoute(of: id)
        let cluster = scenario.cluster
        let settings = InstanceSettings(
            number: number, incarnation: incarnation, prefix: prefix, cluster: cluster, data: scenario.data,
            defects: defects, isSkewed: scenario.hasSkew, watchesCommits: scenario.crashesAtCommits,
            observesBus: scenario.asksForDelivery,
            redis: ServerSettings(route?.configuration ?? server), tier: tier, origin: LiveWorld.origin(in: folder),
            host: cluster.declaration(of: .l3).map { _ in
                LiveWorld.host(cluster.host(ofInstance: number), in: folder)
            }, journal: "\(folder)/instance-\(number)-\(incarnation).jsonl")
        let process = InstanceProcess(settings, program: program, route: route, registry: registry)
        do {
            try await process.start()
        } catch {
            throw InstanceProcess.Failure(description: "instance \(number + 1) could not be started: \(error)")
        }
        return process
    }
}

extension Scenario {
    /// Whether instances go by clocks of their own.
    var crashesAtCommits: Bool { faults.contains(where: \.isAtCommit) }
    var hasSkew: Bool { faults.contains { if case .skew = $0.action { true } else { false } } }
}
