import CacheHierarchy
import History
import Scenarios

extension Defect {
    /// Why this bug certainly changes nothing in a run of a scenario; `nil` if it may.
    ///
    /// A run that passes with a bug that cannot act shows nothing of the checks. `nil` is no promise that the bug is
    /// ever reached: that depends on the workload and the schedule.
    /// - Parameter scenario: one variant.
    public func obstacle(in scenario: Scenario, world: World) -> String? {
        let cluster = scenario.cluster
        switch self {
        case .connectionPastManager, .leakedConnection:
            if cluster.manager == nil { return "no manager is declared" }
            return world == .live ? nil : "connections are those of the live world"
        case .rawPrefix:
            if cluster.tenants.count < 2 { return "no other application shares the Redis: no tenants are declared" }
            return world == .live ? nil : "the simulated world has one application"
        case .forgottenPosition:
            return cluster.bus == .pubSub && cluster.provider == nil ? "a bus of pub-sub has no positions" : nil
        case .impatientWriter, .leaseByOwnClock:
            return cluster.invalidation == .announced ? "a writer of announced invalidations waits for nobody" : nil
        case .lostFields, .foreignFormat:
            let hasSchemas = scenario.data.contains { !$0.schemas.isEmpty }
            return hasSchemas ? nil : "no data has schemas, of which versions of the application know different fields"
        case .numberThroughDouble:
            return cluster.declaration(of: .redis) == nil ? "there is no layer redis" : nil
        case .lossyUnicode:
            return cluster.declaration(of: .l3) == nil ? "there is no layer L3" : nil
        case .staleFill, .batchToken, .wrongLayerOrder, .lifetimeInversion, .tagTimeAfterLoad, .missedWhileDisconnected,
            .warmRestart,
            .lateFill, .laggingReplicaBelieved, .forgottenAnnouncement:
            return nil
        }
    }
}
