import CacheHierarchy
import History
import Scenarios

/// Measures, while a scenario runs, what it takes: connections, memory, keys in Redis.
actor ResourceSampler {
    private let cluster: RunningCluster
    private let log: WorkerLog
    /// Often enough to meet the load of a phase, seldom enough not to be one.
    private static let interval: Int64 = 50_000_000

    init(_ cluster: RunningCluster) {
        self.cluster = cluster
        log = cluster.recorder.makeLog(instance: -1)
    }

    /// Measures until it is cancelled.
    func run() async {
        while !Task.isCancelled {
            await sample()
            try? await cluster.clock.sleep(nanoseconds: Self.interval)
        }
    }

    /// Measures once. What cannot be measured (Redis is away) is not recorded.
    func sample() async {
        for resource in Resource.allCases {
            let start = cluster.clock.now()
            guard let amount = await cluster.surroundings.amount(of: resource) else { continue }
            log.record(
                Operation(
                    kind: .gauge, key: log.number(ofKey: resource.rawValue), value: Int64(amount), start: start,
                    end: cluster.clock.now()))
        }
    }
}
