import History
import Support

/// Remembers at which logical time each name (a key or a tag) was last invalidated, in bounded memory.
///
/// An entry is good only if it was current at the floor of its name or later. When the table is full its older half is
/// forgotten, and the *horizon* rises to the newest logical time forgotten: an entry older than the horizon cannot be judged
/// any more and is refused. So forgetting costs hits, never coherence: no floor expires under a slow fill.
struct FloorTable: Sendable {
    private var floors: [NameKey: Int64] = [:]
    private let capacity: Int
    /// Entries that were current no later than before this are refused whatever their name.
    private(set) var horizon: Int64 = 0
    /// The highest logical time of any floor.
    private(set) var newest: Int64 = 0

    init(capacity: Int) {
        precondition(capacity >= 2, "a floor table needs room for two")
        self.capacity = capacity
    }

    /// Raises the floor of a name. Never lowers it. Amortised O(1).
    mutating func raise(_ name: NameKey, to time: Int64) {
        newest = max(newest, time)
        if let place = floors.index(forKey: name) {
            if time > floors.values[place] { floors.values[place] = time }
            return
        }
        if floors.count >= capacity { forgetOlderHalf() }
        floors[name] = time
    }

    /// Whether an entry of that name, current at `time`, may be kept and served. O(1).
    func admits(_ name: @autoclosure () -> NameKey, asOf time: Int64) -> Bool {
        if time >= newest { return true }
        return time >= horizon && time >= floors[name()] ?? 0
    }

    /// Refuses everything that is not known to be current at `time`.
    mutating func raiseHorizon(to time: Int64) {
        horizon = max(horizon, time)
        newest = max(newest, time)
        floors = floors.filter { $0.value > horizon }
    }

    private mutating func forgetOlderHalf() {
        let times = floors.values.sorted()
        raiseHorizon(to: times[times.count / 2])
    }
}
