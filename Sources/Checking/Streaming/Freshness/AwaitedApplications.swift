import History

/// Brings writes and invalidations of the scope `instance` together with their applications at other instances.
///
/// An operation is kept until each instance has applied it or something stronger. One that applies nothing any more
/// would keep all of them, so there is a limit; the oldest go first, and it is remembered who may miss them.
struct AwaitedApplications {
    /// An operation that instances have to apply.
    struct Raiser {
        let operation: Operation
        let write: Operation?
        let threshold: Int64
        /// How many keys or tags wait for it.
        var places: Int
    }

    private let limit: Int
    private var raisers: [Int64: Raiser] = [:]
    /// Ids in order of arrival, some of which may be gone.
    private var arrivals: [Int64] = []
    private var firstArrival = 0
    /// Applications of operations that are not known, and have not ended: the operation may be the next one.
    private var early: [Int64: [Operation]] = [:]
    private(set) var instances: [Int32]
    /// Instances that may apply something which is not remembered.
    private var outpaced: Set<Int32> = []
    private var hasForgotten = false
    /// Applications by those of operations that are not known.
    private(set) var undecided = 0

    init(instances: Set<Int32>, limit: Int) {
        self.instances = instances.sorted()
        self.limit = max(1, limit)
    }

    var retained: Int { raisers.count + early.values.reduce(0) { $0 + $1.count } }

    /// Takes note of an instance.
    mutating func meet(_ instance: Int32) {
        guard !instances.contains(instance) else { return }
        instances.append(instance)
        if hasForgotten { outpaced.insert(instance) }
    }

    /// Waits for an operation to be applied.
    /// - Returns: applications of it that came before it, and an operation that there is no room for any more.
    mutating func insert(_ raiser: Raiser) -> (early: [Operation], displaced: Raiser?) {
        let id = raiser.operation.id
        raisers[id] = raiser
        arrivals.append(id)
        return (early.removeValue(forKey: id) ?? [], raisers.count > limit ? removeOldest() : nil)
    }

    /// The operation that is applied, if it is awaited. If it is not, it may come as long as the application has not
    /// ended.
    mutating func cause(of apply: Operation) -> Raiser? {
        if let raiser = raisers[apply.cause] { return raiser }
        early[apply.cause, default: []].append(apply)
        return nil
    }

    /// An application has ended whose operation had not come.
    mutating func giveUp(_ apply: Operation) {
        guard var others = early[apply.cause], let place = others.firstIndex(where: { $0.id == apply.id }) else {
            return
        }
        others.remove(at: place)
        early[apply.cause] = others.isEmpty ? nil : others
        if outpaced.contains(apply.instance) { undecided += 1 }
    }

    /// One of the keys or tags that wait for an operation does so no longer.
    mutating func release(_ id: Int64) {
        guard var raiser = raisers[id] else { return }
        raiser.places -= 1
        raisers[id] = raiser.places == 0 ? nil : raiser
        hasForgotten = true
        if arrivals.count > 64, arrivals.count > 2 * raisers.count {
            arrivals = arrivals[firstArrival...].filter { raisers[$0] != nil }
            firstArrival = 0
        }
    }

    /// An instance may still apply an operation that is not remembered any more.
    mutating func outpace(_ instance: Int32) { outpaced.insert(instance) }

    private mutating func removeOldest() -> Raiser? {
        while firstArrival < arrivals.count {
            let id = arrivals[firstArrival]
            firstArrival += 1
            if let raiser = raisers.removeValue(forKey: id) {
                hasForgotten = true
                return raiser
            }
        }
        return nil
    }
}
