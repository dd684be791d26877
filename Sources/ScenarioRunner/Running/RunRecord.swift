import CacheHierarchy
import History
import Scenarios

/// What a run leaves to be judged.
package struct RunRecord: Sendable {
    let world: World
    let history: History
    let phases: [PhaseRecord]
    /// Nanoseconds that the shortest command takes to the shared server and back. Live only.
    let roundTrips: [Int64]
    /// What became of the declared faults, in the order of declaration.
    let faults: [FaultRecord]
    /// What the values were that the history has numbers for; `nil` if it has none.
    var contents: ContentLedger?
    /// What the bus did, by instance; empty if nobody asks.
    var bus: [Int: BusCounts] = [:]
    /// Instances that the bus promised every announcement to, and that know of none that they have missed.
    var subscribers: [Int] = []
    /// What became of the managers that the scenario declares; `nil` if it declares none.
    var managers: ManagerRecord?
    /// Whether the run came to its own end. Of one that did not, a prefix was recorded.
    var isWhole = true
}
