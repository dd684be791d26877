import History

/// Puts what a history recorded into the order of a trace, and into words.
struct StoryTelling {
    private let history: History
    private let places: TracePlaces
    /// The numbers of the operations that prove the violation.
    private let numbers: [Int64: Int]
    private let tellsMisses: Bool
    private var told: [(place: Int, order: Int, task: Int, deed: String)] = []
    /// Of the tasks that nobody has named: whose work they do.
    private var names: [Int: String] = [:]

    /// An operation, with where in the trace it begins and ends.
    private struct Placed {
        let operation: Operation
        let start: Int
        let end: Int
        let task: Int

        func contains(_ point: TracePlaces.Point) -> Bool {
            task == point.task && start <= point.place && point.place <= end
        }
    }

    /// - Parameter faults: those that are declared, in words.
    init(_ places: TracePlaces, _ history: History, proof: [Int64], faults: [String], tellsMisses: Bool) {
        self.tellsMisses = tellsMisses
        self.places = places
        self.history = history
        numbers = Dictionary(proof.enumerated().map { ($0.element, $0.offset + 1) }) { first, _ in first }
        let placed = history.operations.compactMap { operation -> Placed? in
            guard operation.instance >= 0, let end = places.look(at: operation.end) else { return nil }
            return Placed(
                operation: operation, start: places.look(at: operation.start)?.place ?? end.place, end: end.place,
                task: end.task)
        }
        for operation in placed {
            if operation.operation.worker < 0, operation.operation.kind == .apply {
                names[operation.task] = Self.instance(operation.operation)
            }
            tell(operation)
        }
        // Cluster and origin are set up before anybody does anything: that is no part of the story.
        let begin = placed.filter { $0.operation.worker >= 0 }.map(\.start).min() ?? 0
        let end = placed.filter { numbers[$0.operation.id] != nil }.map(\.end).max() ?? .max
        for point in places.points { tell(point, placed) }
        for change in places.faultChanges where faults.indices.contains(change.number) {
            tell(change.place, change.task, "\(faults[change.number]) \(change.isBeginning ? "begins" : "ends")")
        }
        told.removeAll { $0.place < begin || $0.place > end }
        told.sort { ($0.place, $0.order) < ($1.place, $1.order) }
    }

    /// What is told, in order.
    var deeds: [(task: Int, deed: String)] { told.map { ($0.task, $0.deed) } }

    func name(of task: Int) -> String {
        if task == 0 { return "inspection" }
        return names[task] ?? Self.ofInstance(places.names[task])
    }

    /// Counted from 1, as in the scenario's file.
    private static func instance(_ operation: Operation) -> String { "instance \(operation.instance + 1)" }

    /// The name of a task that says which instance it belongs to as the simulation counts them: `sim.i0 renewal`.
    private static func ofInstance(_ name: String) -> String {
        name.replacing(/sim\.i([0-9]+)/) { "instance \((Int($0.output.1) ?? 0) + 1)" }
    }

    private mutating func tell(_ place: Int, _ task: Int, _ deed: String) {
        told.append((place, told.count, task, deed))
    }

    // MARK: Operations

    private mutating func tell(_ placed: Placed) {
        let operation = placed.operation
        let mark = numbers[operation.id].map { " [\($0)]" } ?? ""
        let failure =
            switch operation.outcome {
            case .ok: ""
            case .failed: " (failed)"
            case .unknown: " (outcome unknown)"
            }
        switch operation.kind {
        case .read:
            let skipped = tellsMisses ? [Layer.l1, .l2].prefix { $0 < operation.layer }.map(\.name) : []
            let miss =
                skipped.isEmpty
                ? "" : ", which \(skipped.joined(separator: " and ")) do\(skipped.count == 1 ? "es" : "") not serve"
            tell(placed.start, placed.task, "reads \(key(operation))\(miss)")
            tell(
                placed.end, placed.task, "is given \(content(operation)) from \(operation.layer.name)\(failure)\(mark)")
        case .write:
            tell(placed.start, placed.task, "writes \(key(operation))")
            tell(placed.end, placed.task, "has written \(content(operation))\(failure)\(mark)")
        case .delete:
            tell(placed.start, placed.task, "deletes \(key(operation))")
            tell(placed.end, placed.task, "has deleted it: \(content(operation))\(failure)\(mark)")
        case .invalidate, .invalidateTag:
            let what = operation.kind == .invalidate ? key(operation) : "the tag \(tag(operation))"
            tell(placed.start, placed.task, "invalidates \(what)")
            tell(placed.end, placed.task, "has invalidated it\(failure)\(mark)")
        case .load where !mark.isEmpty || operation.outcome != .ok:
            tell(placed.end, placed.task, "has loaded it\(failure)\(mark)")
        // The origin of a cache under test records a load where it happens: no point lies in it.
        case .load where !places.points.contains { $0.label == "loaded" && placed.contains($0) }:
            tell(placed.end, placed.task, "loads \(content(operation)) from the origin")
        case .fill where operation.layer != .redis && operation.layer != .l3:
            tell(placed.end, placed.task, "keeps \(content(operation)) in \(operation.layer.name)\(mark)")
        case .fill where !mark.isEmpty: tell(placed.end, placed.task, "has filled \(operation.layer.name)\(mark)")
        case .apply:
            let what = operation.key < 0 ? "the tag \(tag(operation))" : key(operation)
            tell(placed.end, placed.task, "drops \(what), as announced\(mark)")
        case .inspect where !mark.isEmpty:
            tell(
                placed.end, placed.task,
                "finds \(content(operation)) of \(key(operation)) in \(operation.layer.name)"
                    + " of \(Self.instance(operation))\(mark)"
            )
        case .evict where operation.key >= 0:
            tell(placed.end, placed.task, "gives up \(key(operation)) in \(operation.layer.name)\(mark)")
        case .evict where operation.layer == .l1:
            tell(placed.end, placed.task, "\(Self.instance(operation)) distrusts all that it has")
        case .publish, .receive, .gauge, .load, .fill, .inspect, .evict, .compareAndSet: break
        }
    }

    private func key(_ operation: Operation) -> String {
        history.keyName(of: operation).map { "\"\($0.printable)\"" } ?? "nothing"
    }

    private func tag(_ operation: Operation) -> String {
        history.tags(of: operation).map { "\"\($0.printable)\"" }.joined(separator: ", ")
    }

    private func content(_ operation: Operation) -> String {
        if operation.isAbsent { return "no entry" }
        return (operation.isTombstone ? "the tombstone of version " : "version ") + "\(operation.version)"
    }

    // MARK: Points

    private mutating func tell(_ point: TracePlaces.Point, _ placed: [Placed]) {
        let around = placed.filter { $0.contains(point) }.map(\.operation)
        if let deed = deed(at: point.label, around) { tell(point.place, point.task, deed) }
        if point.isStop, !around.isEmpty {
            let next = Self.whatComesNext[point.label].map { " before it \($0)" } ?? ""
            tell(point.place, point.task, "is held up\(next)")
        }
    }

    /// Points before an effect: what the task is about to do.
    private static let whatComesNext = [
        "read L3": "asks L3", "read redis": "asks redis", "load": "asks the origin", "fill redis": "fills redis",
        "fill L3": "fills L3", "fill L1": "fills L1", "commit": "commits", "announce": "announces it",
        "apply": "drops it from its own layers",
    ]

    /// Points after an effect: what the task has done. Of the others nothing is told.
    private func deed(at label: String, _ around: [Operation]) -> String? {
        switch label {
        case "have read L3": return lookUp(.l3, around)
        case "have read redis": return lookUp(.redis, around)
        case "loaded": return around.first { $0.kind == .load }.map { "loads \(content($0)) from the origin" }
        case "committed":
            return around.first { [.write, .delete].contains($0.kind) }.map { "commits \(content($0))" }
        case "have filled redis": return fill(.redis, around)
        case "have filled L3": return fill(.l3, around)
        case "have announced": return "announces it"
        case "have applied to L3": return "drops it from L3"
        case "deliver": return "brings what was announced"
        case "acknowledge": return "acknowledges it"
        default: return nil
        }
    }

    private func lookUp(_ layer: Layer, _ around: [Operation]) -> String {
        guard let read = around.first(where: { $0.kind == .read }) else { return "asks \(layer.name)" }
        return read.layer == layer ? "finds \(content(read)) in \(layer.name)" : "misses in \(layer.name)"
    }

    private func fill(_ layer: Layer, _ around: [Operation]) -> String {
        let kept = around.first { $0.kind == .fill && $0.layer == layer }
        return kept.map { "keeps \(content($0)) in \(layer.name)" } ?? "\(layer.name) refuses to keep it"
    }
}
