import CacheHierarchy
import Scenarios

/// What a world can do to the server that a cluster uses, and to the ways there.
protocol FaultInjector: Sendable {
    /// The way between one instance and the server, on which nothing is wrong yet.
    /// - Parameter id: of the instance; no other has it, nor one before it.
    func makeLink(of id: String) async throws -> any InstanceLink
    /// The server is gone when this returns, and so is every connection to it.
    func crashRedis(_ remains: Fault.Remains) async throws
    /// It answers again when this returns.
    func restartRedis() async throws
    func pauseRedis() async throws
    /// It answers again when this returns.
    func resumeRedis() async throws
    /// Whether everything that might need memory is refused.
    func refuseMemory(_ isRefused: Bool) async throws
    /// The server gives up a key for want of memory, any of all that it has.
    func evictKey() async throws
    /// From now on a replica that has everything receives nothing more.
    func holdBackReplica() async throws
    /// The server is gone, with every connection to it, and the replica that was held back is in its place.
    func failOver() async throws
    /// Ends whatever is wrong with the server, and does not throw: for the end of a run.
    func heal() async
    /// Gives back what the injector itself has taken.
    func remove() async
}

/// The way between one instance and the server, with the shared tier at the other end.
protocol InstanceLink: InstanceRoute {
    var shared: any SharedTier { get }
}

/// The way between one instance and the server.
protocol InstanceRoute: Sendable {
    /// Nothing passes until ``resume()``, or only what goes in one direction; no connection is closed.
    func stall(passing: Fault.Direction?) async
    func resume() async
    /// Closes the connections; what was on its way is lost.
    func disconnect() async
    /// From now on everything takes so many nanoseconds longer, in each direction.
    func delay(by nanoseconds: Int64) async
    /// Cuts it for good, as the death of its instance does: nobody says goodbye.
    func sever() async
}
