/// The accesses of one step to shared objects. A step lasts from one point to the next, or until the task suspends or
/// ends.
struct AccessSet: Equatable {
    /// One access: the hash of the object, and its kind. If two objects have the same hash, they count as one. This
    /// costs schedules and hides none.
    struct Access: Equatable {
        let object: Int
        let kind: Simulation.AccessKind
    }

    enum Reach: Equatable {
        /// The step declared nothing. It may access any object.
        case everything
        case objects([Access])
    }

    var reach: Reach
    /// The step started, woke or ended a task. Waiting tasks can observe the order of such steps.
    var isStructural = false
    /// The task declares all its accesses, including the tasks that wake it and those that it waits for.
    var isConfined = false

    static let everything = AccessSet(reach: .everything)
    static let nothing = AccessSet(reach: .objects([]))

    static func object(_ object: Int, _ kind: Simulation.AccessKind) -> AccessSet {
        AccessSet(reach: .objects([Access(object: object, kind: kind)]))
    }

    mutating func add(_ access: Access) {
        guard case .objects(var accesses) = reach, !accesses.contains(access) else { return }
        accesses.append(access)
        reach = .objects(accesses)
    }

    /// Adds the accesses of another set: the step continues as a step of another kind.
    mutating func add(_ other: AccessSet) {
        guard case .objects(let accesses) = other.reach else {
            reach = .everything
            isConfined = false
            return
        }
        for access in accesses { add(access) }
    }

    /// Whether this step sends a message that the other step receives.
    func enables(_ other: AccessSet) -> Bool {
        guard case .objects(let mine) = reach, case .objects(let its) = other.reach else { return false }
        return mine.contains { access in
            access.kind == .sends && its.contains { $0.object == access.object && $0.kind == .receives }
        }
    }

    /// Whether the order of the two steps can change their effect.
    func depends(on other: AccessSet) -> Bool {
        if isStructural && other.isStructural && !(isConfined && other.isConfined) { return true }
        guard case .objects(let mine) = reach, case .objects(let its) = other.reach else {
            // A step without accesses is independent of every step, also of one without a declaration.
            return reach != Self.nothing.reach && other.reach != Self.nothing.reach
        }
        return mine.contains { access in
            its.contains { $0.object == access.object && !access.kind.commutes(with: $0.kind) }
        }
    }
}

extension Simulation {
    /// The kind of an access to an object that tasks share.
    public enum AccessKind: Sendable, Hashable {
        /// Reads the object.
        case reads
        /// Changes the object without reading it, as a counter does. Nothing observes the order of such changes.
        case adds
        /// Changes the object.
        case writes
        /// Puts a message where another step can find it. The object is the message.
        case sends
        /// Receives a message. The step cannot come before the one that sends it.
        case receives

        /// Whether two accesses to one object have the same effect in both orders.
        func commutes(with other: AccessKind) -> Bool {
            switch (self, other) {
            case (.sends, _), (_, .sends), (.receives, _), (_, .receives): true
            default: self == other && self != .writes
            }
        }
    }
}
