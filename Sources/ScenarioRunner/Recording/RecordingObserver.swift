import CacheHierarchy
import History
import Judging
import Support

/// Writes what happens inside a hierarchy into a worker's log.
struct RecordingObserver: CacheObserver {
    let log: WorkerLog
    /// Tells contents apart; `nil` if nobody asks for them.
    var contents: ContentLedger?
    /// Whether somebody asks for what the bus does.
    var observesBus = false

    private func number(of value: [UInt8]?) -> Int64 { contents?.number(of: value) ?? 0 }

    func observe(_ event: CacheEvent) {
        switch event {
        case .loaded(let key, let record, let start, let end): loaded(key, record, start: start, end: end)
        case .filled(let layer, let source, let entry, let start, let end):
            filled(layer, from: source, with: entry, start: start, end: end)
        case .evicted(let entry, let layer, let time): evicted(entry, from: layer, at: time)
        case .evictedKeys(let keys, let layer, let start, let end): evicted(keys, from: layer, start: start, end: end)
        case .distrusted(let time): distrusted(at: time)
        case .applied(let invalidation, let start, let end): applied(invalidation, start: start, end: end)
        case .published(let time, let start, let end): published(at: time, start: start, end: end)
        case .received(let time, let moment): received(time, at: moment)
        }
    }

    private func loaded(_ key: String, _ record: OriginRecord, start: Int64, end: Int64) {
        log.record(
            Operation(
                kind: .load, key: log.number(ofKey: key), tagSet: log.number(ofTags: record.tags),
                version: record.version, value: number(of: record.value), layer: .origin, start: start, end: end,
                isTombstone: record.value == nil))
    }

    private func filled(_ layer: Layer, from source: Layer, with entry: CacheEntry, start: Int64, end: Int64) {
        log.record(
            Operation(
                kind: .fill, key: log.number(of: entry.name), tagSet: log.number(ofTags: entry.tags),
                version: entry.version, value: number(of: entry.value), layer: layer, source: source, start: start,
                end: end, isTombstone: entry.value == nil))
    }

    private func evicted(_ entry: CacheEntry, from layer: Layer, at time: Int64) {
        log.record(
            Operation(
                kind: .evict, key: log.number(of: entry.name), tagSet: log.number(ofTags: entry.tags),
                version: entry.version, layer: layer, start: time, end: time, isTombstone: entry.value == nil))
    }

    private func evicted(_ keys: [String], from layer: Layer, start: Int64, end: Int64) {
        for key in keys {
            log.record(
                Operation(kind: .evict, key: log.number(ofKey: key), layer: layer, start: start, end: end))
        }
    }

    /// Recorded as an eviction of no key in particular: what an instance distrusts is gone from all layers of its own.
    private func distrusted(at time: Int64) {
        for layer in [Layer.l1, .l2, .l3] {
            log.record(Operation(kind: .evict, layer: layer, start: time, end: time))
        }
    }

    /// The cause is the logical time until the history is put together, when the operation it belongs to is known.
    private func applied(_ invalidation: StampedInvalidation, start: Int64, end: Int64) {
        if case .release = invalidation.invalidation.action { return }
        for key in invalidation.invalidation.keys {
            log.record(
                Operation(kind: .apply, key: log.number(ofKey: key), start: start, end: end, cause: invalidation.time)
            )
        }
        for tag in invalidation.invalidation.tags {
            log.record(
                Operation(
                    kind: .apply, tagSet: log.number(ofTags: [tag]), start: start, end: end, cause: invalidation.time)
            )
        }
    }

    /// The cause is the logical time until the history is put together.
    private func published(at time: Int64?, start: Int64, end: Int64) {
        log.record(
            Operation(
                kind: .publish, outcome: time == nil ? .unknown : .ok, start: start, end: end, cause: time ?? 0))
    }

    private func received(_ time: Int64, at moment: Int64) {
        log.record(Operation(kind: .receive, start: moment, end: moment, cause: time))
    }
}

/// The same for an instance's own work, which several tasks do at once.
final class SharedRecordingObserver: CacheObserver, Sendable {
    private let observer: Lock<RecordingObserver>
    /// Where all of it is written besides, if it is to survive this process.
    private let journal: Journal?
    let observesBus: Bool

    init(
        _ log: sending WorkerLog, contents: ContentLedger? = nil, journal: Journal? = nil, observesBus: Bool = false
    ) {
        observer = Lock(RecordingObserver(log: log, contents: contents, observesBus: observesBus))
        self.journal = journal
        self.observesBus = observesBus
    }

    @inline(__always)
    private func recording(_ body: (RecordingObserver) -> Void) {
        let lines = observer.withLock { observer in
            body(observer)
            return journal?.lines(of: observer.log)
        }
        if let lines { journal?.append(lines) }
    }

    func observe(_ event: CacheEvent) { recording { $0.observe(event) } }

    /// Records what was seen in a layer that belongs to no worker.
    func inspected(_ layer: Layer, key: String, entry: CacheEntry?, start: Int64, end: Int64) {
        recording { $0.inspected(layer, key: key, entry: entry, start: start, end: end) }
    }
}

extension RecordingObserver {
    /// Records what was seen in a layer; `nil` for nothing.
    func inspected(_ layer: Layer, key: String, entry: CacheEntry?, start: Int64, end: Int64) {
        log.record(
            Operation(
                kind: .inspect, key: log.number(ofKey: key), tagSet: log.number(ofTags: entry?.tags ?? []),
                version: entry?.version ?? 0, value: number(of: entry?.value), layer: layer, start: start, end: end,
                isTombstone: entry.map { $0.value == nil } ?? false, isAbsent: entry == nil))
    }
}
