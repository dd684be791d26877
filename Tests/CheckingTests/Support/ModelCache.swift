import History
import Simulation

/// A cache that is correct because every operation takes its whole effect at one moment, and the history that its
/// clients record: each operation as an interval around that moment.
///
/// Layers are an L2 for each instance and a redis. Entries expire, are evicted, carry tags; writes fail or time out.
/// With `fault` it goes wrong in one way.
struct ModelCache {
    /// The ways to go wrong.
    enum Fault: CaseIterable {
        /// A write leaves the entries of other instances.
        case invalidationLost
        /// The invalidation of a tag leaves redis.
        case tagIncomplete
        /// The invalidation of a tag clears everything.
        case tagClearsAll
        /// Filling L2 from redis gives it a full lifetime.
        case lifetimeRenewed
        /// A receipt comes twice.
        case duplicate
        /// A load is made twice at the same time.
        case stampede
    }

    /// Whether others have dropped the old value when a write or an invalidation returns.
    enum Mode: CaseIterable {
        case acknowledged
        case announced
    }

    static let lifetimes: [Layer: Int64] = [.l2: 1_000, .redis: 1_800]

    private struct Entry {
        var version: Int64
        var deadline: Int64
        var tagSet: Int32
    }

    private let mode: Mode
    private let fault: Fault?
    private var random: SeededRandom
    private var now: Int64 = 0
    private var nextID: Int64 = 1
    private var busyUntil: [Int64]
    private var origin: [Int64]
    private var lastVersion: [Int64]
    private var l2: [[Int32: Entry]]
    private var redis: [Int32: Entry] = [:]
    private var operations: [Operation] = []
    /// What other instances have yet to apply, in order.
    private var announcements: [[(cause: Int64, event: Int64, key: Int32, tag: Int32)]]
    /// Writes that timed out and will happen yet.
    private var late: [(moment: Int64, key: Int32, version: Int64)] = []

    private static let instances = 2
    private static let workers = 4
    private static let keys: Int32 = 4
    private static let tagSets: [[String]] = [[], ["a"], ["b"]]

    static func history(mode: Mode, fault: Fault? = nil, seed: UInt64, operations count: Int = 150) -> History {
        var cache = ModelCache(mode: mode, fault: fault, seed: seed)
        for _ in 0..<count { cache.step() }
        cache.settle()
        return History(
            operations: cache.operations, keys: (0..<keys).map { "key \($0)" }, tagSets: tagSets)
    }

    private init(mode: Mode, fault: Fault?, seed: UInt64) {
        self.mode = mode
        self.fault = fault
        random = SeededRandom(seed: seed)
        busyUntil = Array(repeating: -100, count: Self.workers)
        origin = Array(repeating: 0, count: Int(Self.keys))
        lastVersion = origin
        l2 = Array(repeating: [:], count: Self.instances)
        announcements = Array(repeating: [], count: Self.instances)
    }

    /// Keys 0 and 1 carry no tag, 2 the first, 3 the second.
    private func tagSet(of key: Int32) -> Int32 { max(0, key - 1) }

    private mutating func chance(_ share: Int) -> Bool { Int.random(in: 0..<100, using: &random) < share }

    private mutating func step() {
        now += Int64.random(in: 12...60, using: &random)
        while let first = late.first, first.moment <= now {
            late.removeFirst()
            commit(first.key, first.version, by: 0, cause: 0)
        }
        let worker = Int.random(in: 0..<Self.workers, using: &random)
        let instance = worker % Self.instances
        if busyUntil[worker] >= now - 5 { return }
        for other in 0..<Self.instances where chance(50) { apply(at: other) }
        let key = Int32.random(in: 0..<Self.keys, using: &random)
        switch Int.random(in: 0..<20, using: &random) {
        case 0..<3: write(key, instance, worker)
        case 3: invalidate(key, instance, worker)
        case 4: invalidateTag(Int32.random(in: 1...2, using: &random), instance, worker)
        case 5: evict(key, instance)
        case 6..<10: inspect(key)
        default: read(key, instance, worker)
        }
    }

    @discardableResult
    private mutating func record(
        _ kind: Operation.Kind, _ instance: Int, _ worker: Int = -1, around: Bool = true,
        _ fill: (inout Operation) -> Void = { _ in }
    ) -> Int64 {
        var operation = Operation(
            id: nextID, kind: kind, instance: Int32(instance), worker: Int32(worker),
            start: now - (around ? Int64.random(in: 0...5, using: &random) : 0),
            end: now + (around ? Int64.random(in: 0...50, using: &random) : 0))
        nextID += 1
        if worker >= 0 {
            operation.start = max(operation.start, busyUntil[worker])
            busyUntil[worker] = operation.end
        }
        fill(&operation)
        operations.append(operation)
        return operation.id
    }

    private mutating func write(_ key: Int32, _ instance: Int, _ worker: Int) {
        let fate = Int.random(in: 0..<10, using: &random)
        let outcome: Operation.Outcome = fate == 0 ? .failed : fate <= 2 && late.isEmpty ? .unknown : .ok
        // A failed write gives its version back; one that hangs keeps later ones out until it is through.
        if late.contains(where: { $0.key == key }) { return }
        let version = lastVersion[Int(key)] + 1
        let isLearnt = outcome != .unknown || chance(50)
        let isDelete = chance(20)
        let scope: Operation.Scope = mode == .acknowledged ? .cluster : .instance
        let tagSet = tagSet(of: key)
        let id = record(isDelete ? .delete : .write, instance, worker) {
            $0.key = key
            $0.version = isLearnt ? version : 0
            $0.outcome = outcome
            $0.scope = scope
            $0.isTombstone = isDelete
            $0.tagSet = tagSet
        }
        switch outcome {
        case .failed: break
        case .ok: commit(key, version, by: instance, cause: id)
        case .unknown:
            if chance(70) { late.append((now + Int64.random(in: 0...200, using: &random), key, version)) }
        }
    }

    private mutating func commit(_ key: Int32, _ version: Int64, by instance: Int, cause: Int64) {
        origin[Int(key)] = version
        lastVersion[Int(key)] = version
        drop(key, by: instance, cause: cause)
    }

    private mutating func drop(_ key: Int32, by instance: Int, cause: Int64) {
        redis[key] = nil
        l2[instance][key] = nil
        let event = publish(instance)
        for other in 0..<Self.instances where other != instance {
            if mode == .acknowledged {
                if fault != .invalidationLost { l2[other][key] = nil }
                receive(event, other)
            } else {
                announcements[other].append((cause, event, key, 0))
            }
        }
    }

    private mutating func invalidate(_ key: Int32, _ instance: Int, _ worker: Int) {
        let outcome: Operation.Outcome = chance(20) ? .unknown : .ok
        let scope: Operation.Scope = mode == .acknowledged ? .cluster : .instance
        let id = record(.invalidate, instance, worker) {
            $0.key = key
            $0.scope = scope
            $0.outcome = outcome
        }
        if outcome == .ok { drop(key, by: instance, cause: id) }
    }

    private mutating func invalidateTag(_ tag: Int32, _ instance: Int, _ worker: Int) {
        let scope: Operation.Scope = mode == .acknowledged ? .cluster : .instance
        let id = record(.invalidateTag, instance, worker) {
            $0.tagSet = tag
            $0.scope = scope
        }
        let isTaken: (Int32, Entry) -> Bool = { [fault] _, entry in entry.tagSet == tag || fault == .tagClearsAll }
        if fault != .tagIncomplete { redis = redis.filter { !isTaken($0, $1) } }
        l2[instance] = l2[instance].filter { !isTaken($0, $1) }
        let event = publish(instance)
        for other in 0..<Self.instances where other != instance {
            if mode == .acknowledged {
                l2[other] = l2[other].filter { !isTaken($0, $1) }
                receive(event, other)
            } else {
                announcements[other].append((id, event, -1, tag))
            }
        }
    }

    private mutating func publish(_ instance: Int) -> Int64 { record(.publish, instance) }

    private mutating func receive(_ event: Int64, _ instance: Int) {
        record(.receive, instance) { $0.cause = event }
        if fault == .duplicate { record(.receive, instance) { $0.cause = event } }
    }

    private mutating func apply(at instance: Int) {
        guard let next = announcements[instance].first else { return }
        announcements[instance].removeFirst()
        receive(next.event, instance)
        record(.apply, instance) {
            $0.cause = next.cause
            $0.key = next.key
        }
        if fault == .invalidationLost { return }
        if next.key >= 0 { l2[instance][next.key] = nil }
        if next.tag > 0 { l2[instance] = l2[instance].filter { $1.tagSet != next.tag } }
    }

    private mutating func evict(_ key: Int32, _ instance: Int) {
        let layer: Layer = chance(50) ? .l2 : .redis
        if layer == .l2 { l2[instance][key] = nil } else { redis[key] = nil }
        record(.evict, instance) {
            $0.key = key
            $0.layer = layer
        }
    }

    private mutating func read(_ key: Int32, _ instance: Int, _ worker: Int) {
        var served = Layer.l2
        if l2[instance][key].map({ $0.deadline < now }) ?? true {
            served = .redis
            if redis[key].map({ $0.deadline < now }) ?? true {
                served = .origin
                load(key, instance)
                fill(key, instance, .redis, from: .origin, origin[Int(key)], outer: Operation.never)
            }
            let entry = redis[key]!
            fill(key, instance, .l2, from: .redis, entry.version, outer: entry.deadline)
        }
        let entry = l2[instance][key]!
        let outcome: Operation.Outcome = chance(5) ? .unknown : .ok
        record(.read, instance, worker) {
            $0.key = key
            $0.version = entry.version
            $0.tagSet = entry.tagSet
            $0.layer = served
            $0.outcome = outcome
        }
    }

    private mutating func load(_ key: Int32, _ instance: Int) {
        let version = origin[Int(key)]
        let tagSet = tagSet(of: key)
        let isStampede = fault == .stampede
        for _ in 0..<(isStampede ? 2 : 1) {
            record(.load, instance, around: false) {
                $0.key = key
                $0.version = version
                $0.tagSet = tagSet
                if isStampede { $0.end += 3 }
            }
        }
    }

    private mutating func fill(
        _ key: Int32, _ instance: Int, _ layer: Layer, from source: Layer, _ version: Int64, outer: Int64
    ) {
        let own = now + Self.lifetimes[layer]!
        let tagSet = tagSet(of: key)
        let entry = Entry(
            version: version, deadline: fault == .lifetimeRenewed ? own : min(own, outer), tagSet: tagSet)
        if layer == .redis { redis[key] = entry } else { l2[instance][key] = entry }
        record(.fill, instance) {
            $0.key = key
            $0.layer = layer
            $0.source = source
            $0.version = version
            $0.tagSet = tagSet
        }
    }

    /// Looks at one key everywhere.
    private mutating func inspect(_ key: Int32) {
        for instance in 0..<Self.instances { inspect(key, l2[instance][key], .l2, instance) }
        inspect(key, redis[key], .redis, 0)
    }

    private mutating func inspect(_ key: Int32, _ entry: Entry?, _ layer: Layer, _ instance: Int) {
        let valid = entry.flatMap { $0.deadline < now ? nil : $0 }
        record(.inspect, instance) {
            $0.key = key
            $0.layer = layer
            $0.isAbsent = valid == nil
            $0.version = valid?.version ?? 0
            $0.tagSet = valid?.tagSet ?? 0
        }
    }

    /// Lets everything arrive, then looks everywhere.
    private mutating func settle() {
        now += 60
        for write in late { commit(write.key, write.version, by: 0, cause: 0) }
        for instance in 0..<Self.instances {
            while !announcements[instance].isEmpty {
                now += 60
                apply(at: instance)
            }
        }
        for key in 0..<Self.keys {
            now += 60
            read(key, 0, Self.workers - 2)
        }
        now += 60
        for key in 0..<Self.keys { inspect(key) }
    }
}
