import History
import Support

/// The writes that are about to be committed (holds), by key, and until when each is honoured.
///
/// A key seldom has more than one, so that they stand in a list.
struct HoldTable: Sendable {
    private struct Hold {
        let id: String
        let deadline: Int64
    }

    private var holds: [NameKey: [Hold]] = [:]

    var isEmpty: Bool { holds.isEmpty }

    /// Honours a hold until its deadline.
    mutating func add(_ id: String, on key: NameKey, until deadline: Int64) {
        let hold = Hold(id: id, deadline: deadline)
        guard let place = holds.index(forKey: key) else {
            holds[key] = [hold]
            return
        }
        holds.values[place].removeAll { $0.id == id }
        holds.values[place].append(hold)
    }

    /// Ends a hold, if there is one of that name.
    mutating func remove(_ id: String, from key: NameKey) {
        guard let place = holds.index(forKey: key) else { return }
        holds.values[place].removeAll { $0.id == id }
        if holds.values[place].isEmpty { holds.remove(at: place) }
    }

    /// Whether a hold of the key is to be honoured.
    @inline(__always)
    func isHeld(_ key: @autoclosure () -> NameKey, now: Int64) -> Bool {
        !holds.isEmpty && holds[key()]?.contains { $0.deadline > now } == true
    }

    /// Forgets the holds of a key that have run out, if all have.
    mutating func forgetExpired(of key: NameKey, now: Int64) {
        if let present = holds[key], !present.contains(where: { $0.deadline > now }) { holds[key] = nil }
    }
}
