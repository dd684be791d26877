import Checking
import History
import Scenarios

/// What a run leaves to be judged.
package struct RunRecord: Sendable {
    package let world: World
    package let history: History
    package let phases: [PhaseRecord]
    /// Nanoseconds that the shortest command takes to the shared server and back. Live only.
    package let roundTrips: [Int64]
    /// What became of the declared faults, in the order of declaration.
    package let faults: [FaultRecord]
    /// What the values were that the history has numbers for; `nil` if it has none.
    package var contents: ContentLedger?
    /// What the bus did, by instance; empty if nobody asks.
    package var bus: [Int: BusCounts] = [:]
    /// Instances that the bus promised every announcement to, and that know of none that they have missed.
    package var subscribers: [Int] = []
    /// What became of the managers that the scenario declares; `nil` if it declares none.
    package var managers: ManagerRecord?
    /// The cache under test, if it is not the reference cache.
    package var subject: SubjectRecord?
    /// The first of the values that it returned and that no write gave it, as sentences without their full stops, by
    /// the operations that returned them. The history has all of these operations.
    package var damages: [WrittenValues.Place: String] = [:]
    /// Why operations failed, and what adapters logged.
    package var troubles = TroubleRecord()
    /// What an adapter did that makes its history worth nothing, as a sentence.
    package var adapterFault: String?
    /// What it committed that the origin would have been wrong with, as a sentence.
    package var wrongCommit: String?
    /// Whether the run came to its own end. Of one that did not, a prefix was recorded.
    package var isWhole = true

    package init(
        world: World, history: History, phases: [PhaseRecord], roundTrips: [Int64], faults: [FaultRecord],
        contents: ContentLedger? = nil, bus: [Int: BusCounts] = [:], subscribers: [Int] = [],
        managers: ManagerRecord? = nil, subject: SubjectRecord? = nil, damages: [WrittenValues.Place: String] = [:],
        troubles: TroubleRecord = TroubleRecord(), adapterFault: String? = nil,
        wrongCommit: String? = nil, isWhole: Bool = true
    ) {
        self.world = world
        self.history = history
        self.phases = phases
        self.roundTrips = roundTrips
        self.faults = faults
        self.contents = contents
        self.bus = bus
        self.subscribers = subscribers
        self.managers = managers
        self.subject = subject
        self.damages = damages
        self.troubles = troubles
        self.adapterFault = adapterFault
        self.wrongCommit = wrongCommit
        self.isWhole = isWhole
    }
}

/// When a phase ran, and what was measured of it as a whole.
package struct PhaseRecord: Sendable {
    package let name: String
    /// Nanoseconds on the history's clock.
    package let start: Int64
    package var end: Int64
    /// Waiting is not work: it does not count in a throughput.
    package let isWait: Bool
    /// Nanoseconds that each look at all layers took.
    package var inspections: [Int64] = []
    /// One bulk refill of one instance each.
    package var warmings: [(instance: Int, duration: Int64, coverage: Double)] = []

    package init(name: String, start: Int64, end: Int64, isWait: Bool, inspections: [Int64] = []) {
        self.name = name
        self.start = start
        self.end = end
        self.isWait = isWait
        self.inspections = inspections
    }
}
