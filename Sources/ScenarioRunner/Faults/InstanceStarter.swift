import CacheHierarchy
import Scenarios
import Simulation

/// Starts the instances of a cluster, and others in their places.
struct InstanceStarter: Sendable {
    let parts: RunningCluster.Parts
    let configuration: HierarchyConfiguration
    let cluster: Cluster
    /// Whether instances go by clocks of their own.
    let isSkewed: Bool
    /// Whether an instance may have to die at one of its commits.
    let watchesCommits: Bool
    /// What each version of the application knows of the data.
    let schemas: SchemaTable

    /// The name of an instance: no other has it, nor one before it in its place.
    static func name(of number: Int, _ incarnation: Int, prefix: String) -> String {
        "\(prefix).i\(number)" + (incarnation == 0 ? "" : ".\(incarnation)")
    }

    /// - Throws: what the shared tier throws if the instance cannot join; nothing is left of it then.
    func start(
        _ incarnation: Int, of number: Int, observer: SharedRecordingObserver, ownClock: SkewedClock?
    ) async throws -> ClusterMember.Incarnation {
        let id = Self.name(of: number, incarnation, prefix: parts.prefix)
        let host = parts.hosts.isEmpty ? nil : parts.hosts[cluster.host(ofInstance: number)]
        let told: any CacheObserver & Sendable =
            if let ownClock { TrueTimeObserver(base: observer, clock: ownClock) } else { observer }
        let view = schemas.view(of: cluster.application(ofInstance: number), in: configuration)
        let shown: any CacheClock = ownClock ?? parts.clock
        let clock: any CacheClock = parts.cacheTells ? shown : PlainClock(base: shown)
        let watch = watchesCommits ? CommitWatch() : nil
        let store: any Origin = view.map { SchemaOrigin(base: parts.origin, view: $0) } ?? parts.origin
        let origin: any Origin = watch.map { WatchedOrigin(base: store, watch: $0) } ?? store
        let canRead: @Sendable ([UInt8]) -> Bool = { view?.canRead($0) ?? true }
        guard let injector = parts.injector else {
            let instance = try await SimulatedPart.confined(toInstance: id, tells: parts.cacheTells) {
                try await CacheInstance.start(
                    id: id, configuration: configuration, origin: origin, shared: parts.shared, host: host,
                    clock: clock, observer: told, canRead: canRead)
            }
            return ClusterMember.Incarnation(
                number: incarnation, instance: instance, life: nil, link: nil, watch: watch)
        }
        let life = Lifeline(of: id)
        let link = try await injector.makeLink(of: id)
        do {
            let instance = try await SimulatedPart.confined(toInstance: id, tells: parts.cacheTells) {
                try await CacheInstance.start(
                    id: id, configuration: configuration, origin: MortalOrigin(base: origin, life: life),
                    shared: MortalSharedTier(base: link.shared, life: life),
                    host: host.map { MortalHostStore(base: $0, life: life) }, clock: clock,
                    observer: told, canRead: canRead)
            }
            return ClusterMember.Incarnation(
                number: incarnation, instance: instance, life: life, link: link, watch: watch)
        } catch {
            await link.sever()
            throw error
        }
    }
}
