import CacheHierarchy
import Processes
import RedisClient

/// The way of one instance to the real server, by way of a forwarder.
struct LiveRoute: InstanceRoute {
    /// How to connect there.
    let configuration: RedisConfiguration
    let forwarder: Forwarder
    let route: String

    func stall() async { await forwarder.stall(route, true) }
    func resume() async { await forwarder.stall(route, false) }
    func disconnect() async { await forwarder.disconnect(route) }
    func delay(by nanoseconds: Int64) async { await forwarder.delay(route, by: nanoseconds) }
    func sever() async { await forwarder.removeRoute(route) }
}

/// An instance's own connections on that way.
struct LiveLink: InstanceLink {
    let shared: any SharedTier
    let pool: RedisPool
    let route: LiveRoute

    func stall() async { await route.stall() }
    func resume() async { await route.resume() }
    func disconnect() async { await route.disconnect() }
    func delay(by nanoseconds: Int64) async { await route.delay(by: nanoseconds) }

    func sever() async {
        await route.sever()
        await pool.close()
    }
}
