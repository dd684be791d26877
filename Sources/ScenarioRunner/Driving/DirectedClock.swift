import CacheHierarchy

/// The host's clock, with points that wait for their turn. A task is known by its name.
struct DirectedClock: PointedClock {
    private let director: Director
    /// Before the names of the instances.
    private let prefix: String
    private let host = HostClock()

    init(_ director: Director, prefix: String) {
        self.director = director
        self.prefix = prefix
    }

    func now() -> Int64 { host.now() }
    func upperBound() -> Int64 { host.upperBound() }
    func sleep(nanoseconds: Int64) async throws {
        rest()
        try await host.sleep(nanoseconds: nanoseconds)
    }

    nonisolated(nonsending) func point(_ name: StaticString) async {
        if let task { await director.pass(name.description, by: task) }
    }

    nonisolated(nonsending) func waypoint(_ name: StaticString) async { await point(name) }

    nonisolated(nonsending) func tookUp(_ name: StaticString, _ amount: Int) async { await point(name) }

    nonisolated(nonsending) func finished(hasMore: Bool) async { rest() }

    func usesInstance() {}

    func rest() { if let task { director.rest(task) } }

    /// `nil` for the run itself, and where the system does not know the names of tasks: before macOS 26.
    private var task: String? {
        guard #available(macOS 26.0, iOS 26.0, watchOS 26.0, tvOS 26.0, visionOS 26.0, *) else { return nil }
        return Task<Never, Never>.name.map { DrivenOrder.name($0, withoutPrefix: prefix) }
    }
}

extension RunningCluster.Parts {
    /// The same parts, with the points that their like have in the simulated world, and a clock that lets tasks pass
    /// them when it is their turn.
    func directed(by director: Director) -> RunningCluster.Parts {
        let clock = DirectedClock(director, prefix: prefix)
        func pointed(_ origin: some SeededOrigin) -> any SeededOrigin { PointedOrigin(origin: origin, clock: clock) }
        func pointed(_ tier: some SharedTier) -> any SharedTier {
            PointedSharedTier(tier: tier, clock: clock, deliversAtOnce: injector == nil)
        }
        func pointed(_ store: some HostStore, _ number: Int) -> any HostStore {
            PointedHostStore(store: store, number: number, clock: clock)
        }
        return RunningCluster.Parts(
            world: world, origin: pointed(origin), shared: pointed(shared),
            hosts: hosts.indices.map { number in pointed(hosts[number], number) },
            clock: clock, surroundings: surroundings, prefix: prefix, injector: injector)
    }
}
