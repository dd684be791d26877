import CacheHierarchy
import Scenarios

/// The way of one instance to the server by way of the process's one manager. Nothing can befall it alone but its end:
/// scenarios that ask for more are refused when they are read.
struct ManagedLink: InstanceLink {
    let shared: any SharedTier
    private let service: ManagedRedisService

    init(_ tier: RedisSharedTier.Configuration, on redis: ManagedRedis) {
        let (service, managed) = redis.makeService()
        shared = RedisSharedTier(tier, service: service)
        self.service = managed
    }

    func stall(passing: Fault.Direction?) async {}
    func resume() async {}
    func disconnect() async {}
    func delay(by nanoseconds: Int64) async {}
    func sever() async { await service.sever() }
}
