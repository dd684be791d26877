import CacheHierarchy
import Processes
import RedisClient
import Scenarios

/// The way of one instance to the real server, by way of a forwarder.
struct LiveRoute: InstanceRoute {
    /// How to connect there.
    let configuration: RedisConfiguration
    let forwarder: Forwarder
    let route: String

    func stall(passing: Fault.Direction?) async {
        switch passing {
        case nil: await forwarder.stall(route, .both)
        case .requests: await forwarder.stall(route, .toInstance)
        case .answers: await forwarder.stall(route, .toServer)
        }
    }

    func resume() async { await forwarder.stall(route, nil) }
    func disconnect() async { await forwarder.disconnect(route) }
    func delay(by nanoseconds: Int64) async { await forwarder.delay(route, by: nanoseconds) }
    func sever() async { await forwarder.removeRoute(route) }
}

/// An instance's own connections on that way.
struct LiveLink: InstanceLink {
    let shared: any SharedTier
    let pool: RedisPool
    let route: LiveRoute

    func stall(passing: Fault.Direction?) async { await route.stall(passing: passing) }
    func resume() async { await route.resume() }
    func disconnect() async { await route.disconnect() }
    func delay(by nanoseconds: Int64) async { await route.delay(by: nanoseconds) }

    func sever() async {
        await route.sever()
        await pool.close()
    }
}
