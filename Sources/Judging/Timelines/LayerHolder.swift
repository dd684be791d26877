import History

/// Follows what each layer holds of one key, as far as a history tells.
///
/// What a layer was filled with, or was seen to hold, is held until something says otherwise: an eviction, an
/// invalidation that was applied there, a write by the own instance, another content. Where a layer holds on to what it
/// should have dropped, that shows when it is next seen.
struct LayerHolder {
    private let places: TimelinePlaces
    /// Operations that others follow from, by id.
    private let known: [Int64: Operation]
    private(set) var holdings: [ViolationTimeline.Holding] = []
    /// Where in ``holdings`` is what a place holds now.
    private var current: [TimelinePlace: Int] = [:]
    /// The newest version that is known to be written.
    private var newest: Int64 = 0

    init(_ places: TimelinePlaces, causes: [Int64: Operation], operations: [Operation]) {
        self.places = places
        known = causes.merging(operations.map { ($0.id, $0) }) { first, _ in first }
    }

    /// What was held before the first step.
    /// - Parameter before: what tells so, in order of ends.
    mutating func begin(with before: [Operation]) {
        for operation in before { apply(operation, at: 0) }
        for index in current.values { holdings[index].evidence = "before this: \(holdings[index].evidence)" }
    }

    /// What an operation that has ended says or does.
    mutating func apply(_ operation: Operation, at step: Int) {
        guard operation.outcome == .ok else { return }
        switch operation.kind {
        case .fill, .inspect:
            if let place = places.place(of: operation, in: operation.layer) {
                put(LayerContent(operation), in: place, at: step, Self.evidence(operation))
            }
        case .read:
            see(operation, at: step)
        case .load:
            learn(operation.version, at: step)
            if !isOriginNewer(than: operation) { put(LayerContent(operation), in: .origin, at: step, "loaded") }
        case .write, .delete, .compareAndSet:
            learn(operation.version, at: step)
            if !isOriginNewer(than: operation) { put(LayerContent(operation), in: .origin, at: step, "written") }
            drop(by: operation, olderThan: operation.version, at: step, "dropped by the \(operation.kind)")
        case .invalidate, .invalidateTag:
            drop(by: operation, olderThan: .max, at: step, "dropped by the invalidation")
        case .apply:
            let cause = known[operation.cause]
            let version = cause.flatMap { $0.version > 0 ? $0.version : nil } ?? .max
            dropOwn(operation.instance, olderThan: version, at: step, "dropped as announced")
        case .evict:
            evict(operation, at: step)
        case .publish, .receive, .gauge: break
        }
    }

    /// Closes what is open.
    mutating func finish(at end: Int) {
        for index in current.values { holdings[index].end = end }
        holdings.removeAll { $0.first >= $0.end }
    }

    /// A read shows what is in the layer that served it.
    private mutating func see(_ read: Operation, at step: Int) {
        guard let place = places.place(of: read, in: read.layer), place != .origin, !read.isRefused else {
            learn(read.version, at: step)
            return
        }
        let content = LayerContent(read)
        guard content != .nothing, !holds(content, in: place) else { return }
        put(content, in: place, at: step, "a read was given it")
    }

    private mutating func evict(_ eviction: Operation, at step: Int) {
        if eviction.key >= 0 {
            if let place = places.place(of: eviction, in: eviction.layer) {
                put(.nothing, in: place, at: step, "evicted")
            }
            return
        }
        // An instance gives up all that it has. What hosts and all share is others' too.
        let own = current.keys.filter { Self.isMemory($0, of: eviction.instance, in: eviction.layer) }
        for place in own { put(.nothing, in: place, at: step, "distrusted") }
    }

    /// What a write or an invalidation makes its own instance and the shared layer give up.
    private mutating func drop(by operation: Operation, olderThan version: Int64, at step: Int, _ evidence: String) {
        guard operation.scope != .none, operation.instance >= 0 else { return }
        dropOwn(operation.instance, olderThan: version, at: step, evidence)
        drop([.redis], olderThan: version, at: step, evidence)
    }

    private mutating func dropOwn(_ instance: Int32, olderThan version: Int64, at step: Int, _ evidence: String) {
        let own = current.keys.filter {
            Self.isMemory($0, of: instance, in: .l1) || Self.isMemory($0, of: instance, in: .l2)
        }
        drop(own + [.l3(places.host(of: instance))], olderThan: version, at: step, evidence)
    }

    private mutating func drop(
        _ places: [TimelinePlace], olderThan version: Int64, at step: Int, _ evidence: String
    ) {
        for place in places {
            guard let index = current[place], case .version(let held, _, _) = holdings[index].content, held < version
            else { continue }
            put(.nothing, in: place, at: step, evidence)
        }
    }

    private static func isMemory(_ place: TimelinePlace, of instance: Int32, in layer: Layer) -> Bool {
        switch place {
        case .l1(instance, _): layer == .l1
        case .l2(instance): layer == .l2
        default: false
        }
    }

    private func isOriginNewer(than operation: Operation) -> Bool {
        guard let index = current[.origin], case .version(let held, _, _) = holdings[index].content else {
            return false
        }
        return held >= operation.version && operation.version > 0
    }

    private func holds(_ content: LayerContent, in place: TimelinePlace) -> Bool {
        guard let index = current[place] else { return false }
        return Self.aged(holdings[index].content, newest: 0) == Self.aged(content, newest: 0)
    }

    /// What layers hold is older from the moment on in which something newer has been written.
    private mutating func learn(_ version: Int64, at step: Int) {
        guard version > newest else { return }
        newest = version
        for (place, index) in current where place != .origin {
            let holding = holdings[index]
            let aged = Self.aged(holding.content, newest: newest)
            if aged != holding.content { put(aged, in: place, at: step, holding.evidence) }
        }
    }

    private mutating func put(_ content: LayerContent, in place: TimelinePlace, at step: Int, _ evidence: String) {
        let content = place == .origin ? content : Self.aged(content, newest: newest)
        if let index = current[place] {
            if holdings[index].content == content { return }
            holdings[index].end = step
        }
        current[place] = holdings.count
        holdings.append(.init(place: place, first: step, end: step, content: content, evidence: evidence))
    }

    private static func aged(_ content: LayerContent, newest: Int64) -> LayerContent {
        guard case .version(let version, let isTombstone, _) = content else { return content }
        return .version(version, isTombstone: isTombstone, newer: version < newest ? newest : nil)
    }

    private static func evidence(_ operation: Operation) -> String {
        switch operation.kind {
        case .fill: "filled from \(operation.source == .origin ? "the origin" : operation.source.name)"
        case .inspect: "seen by a look into it"
        case .read: "a read was given it"
        case .load: "loaded"
        case .evict: "evicted"
        default: "written"
        }
    }
}
