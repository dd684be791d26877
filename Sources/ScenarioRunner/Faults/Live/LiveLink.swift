import CacheHierarchy
import RedisClient

/// An instance's own connections to the real server, by way of a forwarder.
struct LiveLink: InstanceLink {
    let shared: any SharedTier
    let pool: RedisPool
    let forwarder: Forwarder
    let route: String

    func stall() async { await forwarder.stall(route, true) }
    func resume() async { await forwarder.stall(route, false) }
    func disconnect() async { await forwarder.disconnect(route) }
    func delay(by nanoseconds: Int64) async { await forwarder.delay(route, by: nanoseconds) }

    func sever() async {
        await forwarder.removeRoute(route)
        await pool.close()
    }
}
