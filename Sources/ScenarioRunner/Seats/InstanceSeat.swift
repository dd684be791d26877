import CacheHierarchy
import History
import Scenarios

/// The place of one instance in a cluster, wherever whoever fills it runs.
protocol InstanceSeat: Sendable {
    /// Who fills the place at a time: after a crash it is another one.
    associatedtype Occupant: Sendable

    /// Counted from 0.
    var number: Int { get }
    /// The way to the shared server; `nil` in a cluster that no fault is declared for.
    var route: (any InstanceRoute)? { get }

    /// Who fills the place, as soon as somebody does who may begin something.
    nonisolated(nonsending) func running() async -> Occupant

    // MARK: Phases

    /// Returns when it has applied everything up to a logical time, or soon after `deadline` (on the cluster's clock).
    func settle(_ time: Int64, deadline: Int64) async throws
    /// Looks into its layers, and records what it sees.
    func inspect(_ layers: [Layer], _ names: [String]) async throws
    func warm(_ names: [String]) async throws -> SeatWarming

    /// What the bus has done for whoever fills the place; `nil` if it cannot say.
    func busCounts() async -> BusCounts?

    // MARK: Faults

    /// Ends the instance where it stands. Its connections drop, its memory is gone, and nobody is told.
    func crash() async
    /// From now on it crashes as soon as it has committed a write at the origin, before anything that follows, and another
    /// is started in its place.
    /// - Parameter struck: called once, when that has happened.
    func crashAtCommit(_ struck: @escaping @Sendable () -> Void) async throws
    /// It does not any more.
    func surviveCommits() async throws
    /// Begins to start another instance in its place, again and again until Redis lets it join.
    func restart()
    func pause() async
    func resume() async
    /// Lets its own clock jump ahead, by nanoseconds.
    func jump(by nanoseconds: Int64) async throws
    /// Returns when the instance serves from its own layers again and has announced what it owed.
    /// - Returns: `false` if it did not within so many nanoseconds.
    func heal(within patience: Int64) async -> Bool

    // MARK: The end

    /// - Throws: ``InstanceDeath`` if the instance is gone and nobody meant it to be.
    func checkIsAlive() throws
    /// Ends the instance as it should be, with everything of it.
    func stop() async
}

/// What became of a bulk refill of an instance.
struct SeatWarming: Sendable, Codable {
    /// Keys that can now be served without the origin.
    let warmed: Int
    /// Nanoseconds.
    let duration: Int64
}

/// One worker of a run, wherever its instance is.
protocol ScenarioWorker: Sendable {
    /// Counted over the whole run.
    var number: Int { get }
    /// The name of the instance whose worker it is.
    var instanceID: String { get }
    /// How many operations it has finished, as far as is known. Read by other threads; it may begin anew with an instance.
    var finished: Int { get }
    /// Does what was planned, one after the other, and records it.
    /// - Parameter pace: how many begin in a second; `nil` as fast as they go.
    nonisolated(nonsending) func perform(
        _ operations: [PlannedOperation], pace: Double?, under faults: FaultConductor?
    ) async
    /// Looks into the worker's own memory, and records what it sees.
    nonisolated(nonsending) func inspectOwnMemory(_ keys: [KeyInUse]) async throws
}

/// Puts the instances of a cluster into their places.
protocol Seating: Sendable {
    /// Starts an instance and makes its workers.
    /// - Throws: what the shared tier throws if the instance cannot join; nothing is left of it then.
    func seat(
        _ number: Int, of cluster: Cluster, recorder: Recorder, ledger: InvalidationLedger
    ) async throws -> (member: any InstanceSeat, workers: [any ScenarioWorker])
}
