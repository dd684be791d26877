import Checking
import History

/// Gathers what belongs to the timeline of one violation, while a history goes by in order of starts. Bounded.
struct TimelineGathering: Sendable {
    /// The key that the whole proof is about.
    let key: Int32?
    let proof: [Operation]
    /// When the proof begins, on the history's clock.
    let origin: Int64
    private let window: ClosedRange<Int64>
    private let needed: Set<Int64>
    private let places: TimelinePlaces
    private let tagSets: [[String]]
    /// Tags of entries of the key.
    private var tags: Set<String> = []
    /// What proves and explains the violation.
    private var chosen: [Operation]
    /// By rank.
    private var rest: [[Operation]] = [[], []]
    private(set) var omitted = 0
    private var latest: [Mark: Operation] = [:]
    /// The latest loads and fills before the window. They are told if what they are a part of goes on into it.
    private var early: [Operation] = []

    init(_ violation: Violation, _ places: TimelinePlaces, _ history: History) {
        proof = violation.operations
        chosen = violation.operations + violation.context
        needed = Set(chosen.map(\.id))
        let keys = Set(proof.map(\.key).filter { $0 >= 0 })
        key = keys.count == 1 ? keys.first : nil
        origin = proof.map(\.start).min() ?? 0
        let end = proof.map { $0.end == Operation.never ? $0.start : $0.end }.max() ?? origin
        window = origin...max(origin, end)
        self.places = places
        tagSets = history.tagSets
        for operation in chosen { learnTags(operation) }
    }

    private mutating func learnTags(_ operation: Operation) {
        guard operation.key >= 0, operation.tagSet > 0, tagSets.indices.contains(Int(operation.tagSet)) else { return }
        tags.formUnion(tagSets[Int(operation.tagSet)].prefix(32))
    }

    /// Takes note of an operation of the key, or of one that concerns no key.
    mutating func take(_ operation: Operation) {
        guard !needed.contains(operation.id), let rank = rank(of: operation) else { return }
        learnTags(operation)
        if operation.end < window.lowerBound {
            remember(operation)
            if operation.kind == .load || operation.kind == .fill { early.append(operation) }
            if early.count >= 2 * Self.mostEarly { early.removeFirst(early.count - Self.mostEarly) }
        } else if operation.start <= window.upperBound {
            rest[rank].append(operation)
            // Now and then, so that it costs little.
            if rest[rank].count >= 2 * ViolationTimeline.limit {
                omitted += rest[rank].count - ViolationTimeline.limit
                rest[rank].removeFirst(rest[rank].count - ViolationTimeline.limit)
            }
        }
    }

    private static let mostEarly = 64

    /// 0 for what changes what layers hold, 1 for reads; `nil` for what says nothing about the key.
    private func rank(of operation: Operation) -> Int? {
        switch operation.kind {
        case .write, .delete, .compareAndSet, .invalidate: 0
        case .invalidateTag: tags(of: operation).isDisjoint(with: tags) ? nil : 0
        case .apply, .evict: 0
        case .load, .fill: operation.outcome == .ok ? 0 : nil
        case .read: 1
        case .inspect: operation.outcome == .ok ? 1 : nil
        case .publish, .receive, .gauge: nil
        }
    }

    private func tags(of operation: Operation) -> Set<String> {
        tagSets.indices.contains(Int(operation.tagSet)) ? Set(tagSets[Int(operation.tagSet)]) : []
    }

    private mutating func remember(_ operation: Operation) {
        guard operation.outcome == .ok else { return }
        for mark in marks(of: operation) {
            if let known = latest[mark],
                mark == .shown(.origin) ? known.version > operation.version : known.end > operation.end
            {
                continue
            }
            latest[mark] = operation
        }
    }

    /// What an operation tells of layers, of which the latest matters.
    private enum Mark: Hashable {
        /// What a layer holds.
        case shown(TimelinePlace)
        /// That an instance, and what it shares, dropped what was older.
        case dropped(Int32)
        /// That an instance gave up all that it held in a layer.
        case emptied(Int32, Layer)
    }

    private func marks(of operation: Operation) -> [Mark] {
        switch operation.kind {
        case .write, .delete, .compareAndSet: [.shown(.origin), .dropped(operation.instance)]
        case .load: [.shown(.origin)]
        case .fill, .inspect, .read: places.place(of: operation, in: operation.layer).map { [.shown($0)] } ?? []
        case .evict where operation.key >= 0:
            places.place(of: operation, in: operation.layer).map { [.shown($0)] } ?? []
        case .evict: [.emptied(operation.instance, operation.layer)]
        case .apply, .invalidate, .invalidateTag: [.dropped(operation.instance)]
        case .publish, .receive, .gauge: []
        }
    }

    /// The latest operations before the window that tell what layers held when it began, in order of their ends.
    var before: [Operation] {
        let all = Dictionary(latest.values.map { ($0.id, $0) }) { first, _ in first }.values
        return all.sorted { ($0.end, $0.id) < ($1.end, $1.id) }
    }

    /// Operations outside of the gathering that others of it follow from.
    var causes: [Int64] {
        let all = operations.operations + before
        let known = Set(all.map(\.id))
        return all.filter { $0.kind == .apply || $0.kind == .receive }.map(\.cause).filter { !known.contains($0) }
    }

    /// Those of the timeline, in order of their starts, and how many were left out.
    var operations: (operations: [Operation], omitted: Int) {
        var all = chosen
        var omitted = omitted
        for operations in rest {
            let room = max(0, ViolationTimeline.limit - all.count)
            all += operations.suffix(room)
            omitted += operations.count - min(room, operations.count)
        }
        all += early.filter { part in all.contains { Self.encloses($0, part) } && !needed.contains(part.id) }
        let workers = Self.workers(of: all, needed: needed)
        let kept = all.filter { $0.worker < 0 || workers.contains($0.worker) }
        omitted += all.count - kept.count
        return (kept.sorted { ($0.start, $0.end, $0.id) < ($1.start, $1.end, $1.id) }, omitted)
    }

    private static func encloses(_ whole: Operation, _ part: Operation) -> Bool {
        whole.worker == part.worker && whole.instance == part.instance && whole.kind == .read && whole.worker >= 0
            && whole.start <= part.start && part.end <= whole.end
    }

    /// The workers that are told of: those of the proof and its explanation, then those who do most.
    private static func workers(of operations: [Operation], needed: Set<Int64>) -> Set<Int32> {
        var counts: [Int32: (needed: Int, all: Int)] = [:]
        for operation in operations where operation.worker >= 0 {
            counts[operation.worker, default: (0, 0)].all += 1
            if needed.contains(operation.id) { counts[operation.worker]?.needed += 1 }
        }
        let order = counts.sorted { ($1.value.needed, $1.value.all, $0.key) < ($0.value.needed, $0.value.all, $1.key) }
        return Set(order.prefix(ViolationTimeline.workerLimit).map(\.key))
    }
}
