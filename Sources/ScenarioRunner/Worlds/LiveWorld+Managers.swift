import CacheHierarchy
import Processes
import Scenarios

extension LiveWorld {
    /// The one manager of this process as a scenario declares it, and what watches it.
    /// - Parameter folder: where instances that are processes write about theirs; `nil` if they are tasks.
    /// - Returns: nothing if the scenario declares none; no manager if each process has its own.
    static func managed(
        _ scenario: Scenario, _ keeper: ManagerKeeper?, server: RedisServer, prefix: String, folder: String?,
        defects: Set<Defect>
    ) async throws -> (redis: ManagedRedis?, watch: ManagerWatch?) {
        guard let declaration = scenario.cluster.manager else { return (nil, nil) }
        if let folder {
            let watch = ManagerWatch(
                limit: declaration.connections, folder: folder, server: server, application: prefix)
            return (nil, watch)
        }
        guard let keeper else { preconditionFailure("whoever declares a manager says how long it is kept") }
        let redis = try await keeper.open(declaration, for: scenario, server: server, defects: defects)
        return (redis, ManagerWatch(of: redis, server: server, application: keeper.application))
    }
}
