import Simulation

/// What the tasks of a simulated cluster share: whoever touches one of these tells it, so that exhaustive exploration
/// knows which orders make no difference.
///
/// Time is not among them. Looks at the clock are nanoseconds apart and decide nothing by themselves; lifetimes and
/// leases are counted in seconds, which pass only when nothing can run.
enum SimulatedPart: Hashable {
    /// Everything inside an instance: its memory, its workers', its floors, its trust, its waiting writers.
    case instance(String)
    /// What an instance has been told and has still to apply. Its own tasks look here after each step.
    case work(String)
    /// The order of the messages on the way to an instance.
    case bus(String)
    /// One of these messages, by its number.
    case message(String, Int)
    case origin(key: String)
    case logicalTime
    /// Who has joined, and how far their leases reach.
    case members
    /// The lease of one instance.
    case lease(String)
    /// The entry of a key in the shared tier, with its floor and its holds.
    case shared(key: String)
    /// The floors of all tags in the shared tier.
    case sharedTags
    /// The same on the disk of a host.
    case disk(host: Int, key: String)
    case diskTags(host: Int)
    /// Which operations of clients have ended.
    case ends
    // What only faults change.
    /// Whether the server runs, stands still, has memory.
    case server
    /// The way between an instance and the server, for requests.
    case link(String)
    /// The same for messages.
    case hearing(String)
    /// Whether an instance runs, stands still or is gone.
    case life(String)
    /// Who fills a place in the cluster, counted from 0.
    case place(Int)
    /// The clock of its own that the instance in a place goes by.
    case clock(place: Int)

    /// Runs what a task does in the name of an instance: see `Simulation.confined(to:always:_:)`.
    /// - Parameters:
    ///   - tells: whether the cache tells when it uses what the instance's tasks share. If not, each step counts as if
    ///     it did.
    ///   - worksOff: whether it looks after each step at what the instance has been told and has still to apply.
    @discardableResult
    nonisolated(nonsending) static func confined<Value, Failure: Error>(
        toInstance id: String, tells: Bool, worksOff: Bool = true,
        _ body: nonisolated(nonsending) () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let always: SimulatedPart? = tells ? (worksOff ? .work(id) : nil) : .instance(id)
        return try await Simulation.confined(to: SimulatedPart.instance(id), always: always, body)
    }
}
