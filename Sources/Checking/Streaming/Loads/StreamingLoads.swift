import History

/// No stampede, judged while the history goes by.
///
/// The rule, and what a pass proves, are those of ``Loads``, which judges a recorded history with this.
///
/// **Memory.** For each key, and each instance that loaded it, as many loads as may be in flight at a time. Loads that
/// never returned cost nothing. For each key and tag, and each instance that applied something, a time: until when what
/// invalidates it may take effect.
///
/// **Complexity.** O(limit + tags of the key) an operation.
public struct StreamingLoads: StreamingCheck {
    /// The name of the check of recorded histories that asks the same question: `loads`.
    public let name = "loads"

    private let scope: Loads.Scope
    private let limit: Int
    private var tracker: StreamTracker
    private var instant = Instant()
    /// For each key, and each instance or the cluster, the loads that end last of those begun so far and that no
    /// invalidation has set apart; no others can make one too many.
    private var inFlight: [[Int32: [Operation]]] = []
    private var invalidations = LoadInvalidations()

    /// - Parameters:
    ///   - scope: whose loads are counted together.
    ///   - limit: how many loads of a key may be in flight at a time.
    ///   - maximumViolations: how many violations are reported; all are counted. With 0 they are counted only.
    public init(names: OperationNames, scope: Loads.Scope = .instance, limit: Int = 1, maximumViolations: Int = 10) {
        self.scope = scope
        self.limit = max(1, limit)
        tracker = StreamTracker(names, keeping: maximumViolations)
    }

    /// The names of keys and sets of tags. Append to them before an operation refers to a new one.
    public var names: OperationNames {
        get { tracker.names }
        set { tracker.names = newValue }
    }

    /// How many operations, versions and marks are held now. O(keys).
    public var retained: Int {
        inFlight.reduce(instant.count) { $1.values.reduce($0) { $0 + $1.count } }
    }

    /// Takes the next operation, in order of starts. O(limit + tags of the key) an operation.
    /// - Throws: ``StreamError`` if the operation cannot be the next one. The check then judges nothing more.
    public mutating func observe(_ operation: Operation) throws(StreamError) {
        try tracker.admit(operation)
        if instant.isOver(at: operation) { judge(instant.release()[...]) }
        switch operation.kind {
        case .read, .fill, .inspect, .publish, .receive, .gauge: break
        default: instant.add(operation)
        }
    }

    /// Judges what begins together, in order of ends.
    mutating func judge(_ operations: ArraySlice<Operation>) {
        for operation in operations where operation.kind != .load { invalidations.meet(operation, names) }
        for load in operations where load.kind == .load && load.key >= 0 {
            invalidations.learnTags(of: load, names)
        }
        for load in operations where load.kind == .load { judge(load) }
    }

    private mutating func judge(_ load: Operation) {
        guard load.key >= 0, load.end != Operation.never else { return }
        tracker.countExamined(load.key)
        let key = Int(load.key)
        while inFlight.count <= key { inFlight.append([:]) }
        let owner = scope == .instance ? load.instance : 0
        let apart = invalidations.lastEffect(on: load, in: scope == .instance ? load.instance : nil)
        let others = Self.meet(load, &inFlight[key][owner, default: []], limit: limit, apart: apart)
        if !others.isEmpty { report(load, others) }
    }

    /// - Parameter apart: loads that began by then do not count.
    /// - Returns: the loads that had not ended when this one began, if they were as many as may be in flight.
    private static func meet(
        _ load: Operation, _ inFlight: inout [Operation], limit: Int, apart: Int64?
    ) -> [Operation] {
        inFlight.removeAll { $0.end <= load.start }
        if let apart { inFlight.removeAll { $0.start <= apart } }
        // What begins together with a point only touches it.
        let others = inFlight.filter { $0.start < load.end }
        if let apart, load.start <= apart { return others.count >= limit ? others : [] }
        inFlight.append(load)
        if inFlight.count > limit {
            inFlight.remove(at: inFlight.indices.min { inFlight[$0].end < inFlight[$1].end }!)
        }
        return others.count >= limit ? others : []
    }

    private mutating func report(_ load: Operation, _ others: [Operation]) {
        let whose = scope == .instance ? "an instance" : "the cluster"
        let rule = "At most \(limit) load(s) of a key are in flight in \(whose) at a time."
        tracker.find(load.key) {
            $0.add(rule: rule, others + [load]) { formatter in
                "\(formatter.key(load)) was being loaded \(others.count) time(s) when this load began."
            }
        }
    }

    /// Judges what is still in flight, and reports. Call it once, at the end of the stream.
    public mutating func finish() -> CheckReport { report(in: nil) }

    /// The report, with what happened around a violation if the history was recorded.
    mutating func report(in history: History?) -> CheckReport {
        judge(instant.release()[...])
        return tracker.report(
            check: name, nothing: tracker.examined == 0 ? "the origin was not asked for any key" : nil, in: history)
    }
}
