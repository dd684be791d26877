import CacheHierarchy
import Foundation
import Judging
import RedisClient
import Scenarios
import Support

/// The one manager of this process in a run: asked for by many tasks at once, watched from then on.
///
/// Clusters that share a process (tenants) each have one of these, on the same manager.
final class ManagedRedis: Sendable {
    /// So many ask for the manager at once; they must all be given the same.
    static let tasks = 1_000

    let manager: RedisManager
    let limit: Int
    private let managers: Int
    private let transitions = Lock<[ManagerRecord.Transition]>([])
    private let defects: Set<Defect>
    /// What deliberate bugs have opened.
    private let strays = Lock<[StrayRedisService]>([])

    /// - Parameters:
    ///   - application: the first part of the names of its connections.
    ///   - log: what happens is written there as well.
    /// - Throws: `RedisError` if the process has another manager for that server.
    init(
        _ declaration: ManagerDeclaration, server: RedisConfiguration, application: String, defects: Set<Defect>,
        log: ManagerLog? = nil
    ) async throws {
        var configuration = server
        configuration.clientName = application
        configuration.poolLimit = declaration.connections
        let asked = configuration
        let breaker = CircuitBreaker.Configuration(
            failuresToOpen: declaration.failures, rest: declaration.rest, longestRest: declaration.longestRest)
        let given = try await withThrowingTaskGroup(of: RedisManager.self) { group in
            for _ in 0..<Self.tasks { group.addTask { try RedisManager.shared(asked, breaker: breaker) } }
            // All are kept until they are counted: what is gone may give its identity to another.
            return try await group.reduce(into: []) { $0.append($1) }
        }
        manager = given[0]
        managers = Set(given.map(ObjectIdentifier.init)).count
        limit = declaration.connections
        self.defects = defects
        log?.write(.asked(process: getpid(), tasks: Self.tasks, managers: managers))
        manager.onTransition { [weak self] transition in
            let told = ManagerRecord.Transition(transition)
            self?.transitions.withLock { $0.append(told) }
            log?.write(.changed(told))
        }
    }

    /// A way to the server for one instance, or several.
    func makeService() -> (service: any RedisService, managed: ManagedRedisService) {
        let managed = ManagedRedisService(manager)
        guard let stray = StrayRedisService(managed, manager: manager, defects: defects) else {
            return (managed, managed)
        }
        strays.withLock { $0.append(stray) }
        return (stray, managed)
    }

    /// What has become of it so far.
    var record: ManagerRecord.Process {
        ManagerRecord.Process(
            process: getpid(), tasks: Self.tasks, managers: managers, calls: ManagerRecord.Calls(manager.calls),
            transitions: transitions.withLock { $0 })
    }

    /// Closes the manager, also for others that share it.
    func close() async {
        for stray in strays.withLock({ $0 }) { await stray.close() }
        await manager.close()
    }
}

extension RedisConfiguration {
    /// With the patience of somebody who has to notice within a lease that the server does not answer.
    func patient(for lease: Duration) -> RedisConfiguration {
        var configuration = self
        configuration.connectTimeout = lease
        configuration.commandTimeout = lease
        configuration.heartbeatInterval = lease / 2
        return configuration
    }
}

extension ManagerRecord.Calls {
    package init(_ counts: CallCounts) {
        self.init()
        answered = counts.answered
        refused = counts.refused
        failed = Self.named(counts.failed)
        unknown = Self.named(counts.unknown)
    }

    private static func named(_ counts: [RedisError.Code: Int]) -> [String: Int] {
        Dictionary(uniqueKeysWithValues: counts.map { ($0.key.rawValue, $0.value) })
    }
}

extension ManagerRecord.Transition {
    package init(_ transition: CircuitBreaker.Transition) {
        self.init(from: transition.from.rawValue, to: transition.to.rawValue, time: transition.time)
    }
}
