/// What a step (from one point to the next, or to where the task suspends or ends) does to what tasks share.
struct Footprint: Equatable {
    /// One object, by its hash, and what was done to it. Two objects with one hash count as one, which costs schedules
    /// and hides none.
    struct Touch: Equatable {
        let object: Int
        let manner: Simulation.Manner
    }

    enum Reach: Equatable {
        /// Undeclared: it may touch anything.
        case everything
        case objects([Touch])
    }

    var reach: Reach
    /// It started, woke or ended a task: the order among such steps can be seen, by who waits for whom.
    var isStructural = false
    /// The task tells all that it touches, those by whom it wakes and waits included.
    var isConfined = false

    static let everything = Footprint(reach: .everything)
    static let nothing = Footprint(reach: .objects([]))

    static func object(_ object: Int, _ manner: Simulation.Manner) -> Footprint {
        Footprint(reach: .objects([Touch(object: object, manner: manner)]))
    }

    mutating func add(_ touch: Touch) {
        guard case .objects(var touches) = reach, !touches.contains(touch) else { return }
        touches.append(touch)
        reach = .objects(touches)
    }

    /// The step goes on as one of another kind.
    mutating func add(_ other: Footprint) {
        guard case .objects(let touches) = other.reach else {
            reach = .everything
            isConfined = false
            return
        }
        for touch in touches { add(touch) }
    }

    /// Whether it sends what the other receives.
    func enables(_ other: Footprint) -> Bool {
        guard case .objects(let mine) = reach, case .objects(let its) = other.reach else { return false }
        return mine.contains { touch in
            touch.manner == .sends && its.contains { $0.object == touch.object && $0.manner == .receives }
        }
    }

    /// Whether the two orders of two such steps could differ in their effect.
    func depends(on other: Footprint) -> Bool {
        if isStructural && other.isStructural && !(isConfined && other.isConfined) { return true }
        guard case .objects(let mine) = reach, case .objects(let its) = other.reach else {
            // Who touches nothing is independent even of those that may touch anything.
            return reach != Self.nothing.reach && other.reach != Self.nothing.reach
        }
        return mine.contains { touch in
            its.contains { $0.object == touch.object && !touch.manner.commutes(with: $0.manner) }
        }
    }
}

extension Simulation {
    /// What a step does to an object that tasks share.
    public enum Manner: Sendable, Hashable {
        case reads
        /// Changes it without looking at it, so that the order of several such changes cannot be seen: counts it up.
        case adds
        case writes
        /// Puts the object, a message, where another step can find it.
        case sends
        /// Has been sent the object: it cannot have come before.
        case receives

        func commutes(with other: Manner) -> Bool {
            switch (self, other) {
            case (.sends, _), (_, .sends), (.receives, _), (_, .receives): true
            default: self == other && self != .writes
            }
        }
    }
}
