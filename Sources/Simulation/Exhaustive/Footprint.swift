/// What a step (from one point to the next, or to where the task suspends or ends) does to what tasks share.
struct Footprint: Equatable {
    enum Reach: Equatable {
        /// Undeclared: it may touch anything.
        case everything
        case nothing
        /// One object, by its hash. Two objects with one hash count as one, which costs schedules and hides none.
        case object(Int, writes: Bool)
    }

    var reach: Reach
    /// It started, woke or ended a task: the order among such steps can be seen, by who waits for whom.
    var isStructural = false

    static let everything = Footprint(reach: .everything)
    static let nothing = Footprint(reach: .nothing)

    /// Whether the two orders of two such steps could differ in their effect.
    func depends(on other: Footprint) -> Bool {
        if isStructural && other.isStructural { return true }
        return switch (reach, other.reach) {
        case (.everything, _), (_, .everything): true
        case (.nothing, _), (_, .nothing): false
        case (.object(let mine, let iWrite), .object(let its, let itWrites)): mine == its && (iWrite || itWrites)
        }
    }
}
