import Locking

/// Collects the operations of a run with next to no effect on it: every worker writes into a track of its own, without a
/// lock, and the tracks are merged when the run is over.
///
/// Names of keys and sets of tags become numbers here. Those known beforehand are numbered at the start; others when
/// first met.
public final class Recorder: Sendable {
    private struct State {
        var names: NameTable
        var tracks: [Track] = []
    }

    private let state: Lock<State>

    /// - Parameter keys: names that get the numbers 0, 1, 2, … in this order.
    public init(keys: [String] = []) {
        var names = NameTable()
        for key in keys { _ = names.number(ofKey: key) }
        state = Lock(State(names: names))
    }

    /// A new track, for one worker (or for an instance's own work, worker -1).
    public func makeTrack(instance: Int32, worker: Int32 = -1) -> Track {
        state.withLock { state in
            let track = Track(recorder: self, number: Int64(state.tracks.count), instance: instance, worker: worker)
            state.tracks.append(track)
            return track
        }
    }

    /// The number of a key. Takes the recorder's lock: a ``Track`` remembers the numbers that it has asked for.
    public func number(ofKey key: String) -> Int32 { state.withLock { $0.names.number(ofKey: key) } }

    /// The number of a set of tags. The empty set is 0.
    public func number(ofTags tags: [String]) -> Int32 { state.withLock { $0.names.number(ofTags: tags) } }

    /// Everything recorded so far, merged. Call it when all workers have finished: a track must not be written meanwhile.
    /// O(n log n).
    public func history() -> History {
        state.withLock { state in
            var operations: [Operation] = []
            operations.reserveCapacity(state.tracks.reduce(0) { $0 + $1.operations.count })
            for track in state.tracks { operations.append(contentsOf: track.operations) }
            return History(operations: operations, keys: state.names.keys, tagSets: state.names.tagSets)
        }
    }
}

/// Names to numbers and back.
struct NameTable {
    private(set) var keys: [String] = []
    private(set) var tagSets: [[String]] = [[]]
    private var keyNumbers: [String: Int32] = [:]
    private var tagSetNumbers: [[String]: Int32] = [[]: 0]

    mutating func number(ofKey key: String) -> Int32 {
        if let number = keyNumbers[key] { return number }
        let number = Int32(keys.count)
        keys.append(key)
        keyNumbers[key] = number
        return number
    }

    mutating func number(ofTags tags: [String]) -> Int32 {
        let sorted = tags.sorted()
        if let number = tagSetNumbers[sorted] { return number }
        let number = Int32(tagSets.count)
        tagSets.append(sorted)
        tagSetNumbers[sorted] = number
        return number
    }
}
