import History

// What is promised, and when it holds.
extension StreamingFreshAfterInvalidation {
    /// A write, delete or invalidation of a key begins.
    mutating func promise(_ operation: Operation) {
        guard operation.outcome == .ok else { return }
        var write: Operation?
        if operation.isWriting {
            if operation.end != Operation.never { inFlight.insert(.write(operation), until: operation.end) }
        } else {
            write = newestWrite(before: operation)
            if write == nil { return }
        }
        raise(by: operation, write: write, threshold: (write ?? operation).version, places: 1)
    }

    /// An invalidation of tags begins. Its threshold is its start: what was finished before is too old.
    mutating func promiseForTags(_ operation: Operation) {
        guard operation.outcome == .ok, operation.scope != .none else { return }
        let places = tagNumbers.tags(of: operation.tagSet, names).count
        guard places > 0 else { return }
        while tags.count < tagNumbers.count { tags.append(CurrentPromises()) }
        lastThreshold = operation.start
        raise(by: operation, write: nil, threshold: operation.start, places: places)
    }

    private mutating func raise(by operation: Operation, write: Operation?, threshold: Int64, places: Int) {
        guard operation.scope != .none else { return }
        let reader = operation.scope == .cluster ? nil : operation.instance
        if operation.end != Operation.never {
            let promise = Promise(
                by: operation, write: write, reader: reader, since: operation.end, threshold: threshold)
            inFlight.insert(.promise(promise), until: operation.end)
        }
        guard operation.scope == .instance else { return }
        if let grace {
            let since = operation.end.addingUpToNever(grace)
            let promise = Promise(
                by: operation, write: write, reader: nil, since: since, isOverdue: true, threshold: threshold)
            if since != Operation.never { inFlight.insert(.promise(promise), until: since) }
        }
        let raiser = AwaitedApplications.Raiser(
            operation: operation, write: write, threshold: threshold, places: places)
        forEachPlace(of: operation) { $0.await(operation.id, threshold) }
        let (early, displaced) = awaited.insert(raiser)
        for apply in early { hold(apply, of: raiser) }
        if let displaced { forget(displaced) }
    }

    mutating func apply(_ apply: Operation) {
        guard apply.outcome == .ok, apply.cause != 0, apply.end != Operation.never else { return }
        if let raiser = awaited.cause(of: apply) {
            hold(apply, of: raiser)
        } else {
            inFlight.insert(.unknownApply(apply), until: apply.end)
        }
    }

    private mutating func hold(_ apply: Operation, of raiser: AwaitedApplications.Raiser) {
        guard apply.instance != raiser.operation.instance else { return }
        let promise = Promise(
            by: raiser.operation, write: raiser.write, apply: apply, reader: apply.instance, since: apply.end,
            threshold: raiser.threshold)
        inFlight.insert(.promise(promise), until: apply.end)
    }

    /// The write of the newest version of those that precede an invalidation of its key: some may have ended just now.
    private func newestWrite(before operation: Operation) -> Operation? {
        var newest = keys[Int(operation.key)].writes.newest(before: operation)
        guard operation.worker >= 0, inFlight.nextTime == operation.start else { return newest }
        inFlight.forEachNext { event in
            guard case .write(let write) = event, write.key == operation.key, write.precedes(operation),
                write.version > newest?.version ?? 0
            else { return }
            newest = write
        }
        return newest
    }

    /// The promises that begin to hold at the moment at which a read begins, and on which it may rely because it
    /// follows in a session.
    func promisesOfSession(_ read: Operation) -> [Promise] {
        guard read.worker >= 0, inFlight.nextTime == read.start else { return [] }
        var promises: [Promise] = []
        inFlight.forEachNext { event in
            if case .promise(let promise) = event, promise.holds(before: read) { promises.append(promise) }
        }
        return promises
    }

    /// Something has ended.
    mutating func take(_ event: Event) {
        switch event {
        case .unknownApply(let apply): awaited.giveUp(apply)
        case .write(let write):
            guard tracker.isJudged(write.key) else { return }
            keys[Int(write.key)].writes.end(write, lastThreshold: lastThreshold) { [tags, inFlight] in
                Self.thresholds(tags, inFlight)
            }
        case .promise(let promise):
            if promise.raiser.kind != .invalidateTag, !tracker.isJudged(promise.raiser.key) { return }
            let instances = awaited.instances
            var settled: [Int64] = []
            forEachPlace(of: promise.raiser) {
                $0.raise(promise)
                settled += $0.removeSettled(instances)
            }
            for id in settled { awaited.release(id) }
        }
    }

    /// When those invalidations of tags began by which reads may yet be judged.
    private static func thresholds(_ tags: [CurrentPromises], _ inFlight: ReleaseQueue<Event>) -> [Int64] {
        let pending = inFlight.waiting.compactMap { event -> Int64? in
            guard case .promise(let promise) = event, promise.raiser.kind == .invalidateTag else { return nil }
            return promise.threshold
        }
        return (tags.flatMap(\.thresholds) + pending).sorted()
    }

    /// There is no room for an operation that some instances have not applied.
    private mutating func forget(_ raiser: AwaitedApplications.Raiser) {
        let instances = awaited.instances
        var behind: [Int32] = []
        forEachPlace(of: raiser.operation) { place in
            place.stopAwaiting(raiser.operation.id)
            behind += instances.filter { place.isBehind($0, raiser.threshold) }
        }
        for instance in behind { awaited.outpace(instance) }
    }

    /// A key turned out to have writes without versions.
    mutating func leaveOut(_ key: Int) {
        for (id, _) in keys[key].promises.awaited { awaited.release(id) }
        keys[key] = Key()
    }

    /// The promises that an operation may change: of its key or of each of its tags.
    private mutating func forEachPlace(of operation: Operation, _ body: (inout CurrentPromises) -> Void) {
        guard operation.kind == .invalidateTag else {
            body(&keys[Int(operation.key)].promises)
            return
        }
        for tag in tagNumbers.tags(of: operation.tagSet, names) { body(&tags[tag]) }
    }
}
