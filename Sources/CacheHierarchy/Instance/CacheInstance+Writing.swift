import History
import Support

/// What a write or an invalidation returns.
public struct InvalidationReceipt: Sendable, Hashable {
    /// For a write: the version that the origin gave it.
    public var version: Int64?
    /// The logical time of the invalidation by which the others dropped the old value; `nil` if it could not be
    /// announced yet.
    public var time: Int64?
    /// Whether every live instance had dropped it when the call returned.
    public var isAcknowledged: Bool
}

extension CacheInstance {
    /// Writes (or with `nil` deletes) one key.
    ///
    /// *Announced*: commit, then invalidate. *Acknowledged*: every live instance first drops the key and promises to
    /// keep nothing of it (the hold), then comes the commit, then the release. Without the hold a reader could load the
    /// new value from the origin while another still serves the old one from its memory, and that is not linearizable
    /// however quickly the invalidation follows.
    nonisolated(nonsending) func write(_ key: String, value: [UInt8]?, tags: [String]) async throws
        -> InvalidationReceipt
    {
        try checkRunning()
        switch configuration.propagation {
        case .announced:
            let version = try await commit(key, value: value, tags: tags)
            let time = await announceOrPostpone(keys: [key], tags: [])
            return InvalidationReceipt(version: version, time: time, isAcknowledged: false)
        case .acknowledged:
            return try await writeHeld(key, value: value, tags: tags)
        }
    }

    /// Invalidates keys and tags without writing. *Announced*, and the shared tier is away: this instance obeys it now,
    /// the others when they can be told.
    nonisolated(nonsending) func invalidate(keys: [String], tags: [String]) async throws -> InvalidationReceipt {
        try checkRunning()
        guard configuration.propagation == .acknowledged else {
            let time = await announceOrPostpone(keys: keys, tags: tags)
            return InvalidationReceipt(version: nil, time: time, isAcknowledged: false)
        }
        let announcement = try await announce(.drop, keys: keys, tags: tags, wantsAcknowledgement: true)
        if try await !waitForOthers(announcement, until: clock.now() + configuration.holdLifetime / 2) {
            throw CacheError(.announcementUnknown, "not every instance has said that it has dropped it")
        }
        return InvalidationReceipt(version: nil, time: announcement.time, isAcknowledged: true)
    }

    nonisolated(nonsending) private func writeHeld(
        _ key: String, value: [UInt8]?, tags: [String]
    ) async throws -> InvalidationReceipt {
        let hold = withState { $0.intents.begin() }
        let since = clock.now()
        let commitBefore = since + configuration.holdLifetime / 2
        let announcement: Announcement
        let isReady: Bool
        do {
            announcement = try await announce(.hold(hold), keys: [key], tags: [], wantsAcknowledgement: true)
            isReady = try await waitForOthers(announcement, until: commitBefore)
        } catch {
            await release(hold, key)
            throw CacheError(.holdFailed, "key \(key) was not written", underlying: error)
        }
        guard isReady, clock.now() < commitBefore else {
            await release(hold, key)
            throw CacheError(.holdFailed, "key \(key) was not written: the others were not ready in time")
        }
        withState { $0.intents.committing(hold, key: key, since: since) }
        let version: Int64
        do {
            version = try await commit(key, value: value, tags: tags)
        } catch {
            _ = withState { $0.intents.committed(hold) }
            await release(hold, key)
            throw error
        }
        let stood = withState { $0.intents.committed(hold) } ?? since
        // By a clock that may be a tenth slower than that of the shared tier.
        guard clock.now() < stood + configuration.holdLifetime / 10 * 9 else {
            return try await dropWhatWasKept(of: key, hold, version: version)
        }
        await release(hold, key)
        return InvalidationReceipt(version: version, time: announcement.time, isAcknowledged: true)
    }

    /// A commit took so long, and its hold could not be renewed: others may have kept what it replaced. The write is
    /// finished when they have dropped it.
    nonisolated(nonsending) private func dropWhatWasKept(
        of key: String, _ hold: String, version: Int64
    ) async throws -> InvalidationReceipt {
        do {
            let announcement = try await announce(.release(hold), keys: [key], tags: [], wantsAcknowledgement: true)
            if try await waitForOthers(announcement, until: clock.now() + configuration.holdLifetime / 2) {
                return InvalidationReceipt(version: version, time: announcement.time, isAcknowledged: true)
            }
        } catch {
            _ = await announceOrPostpone(keys: [key], tags: [])
        }
        throw CacheError(
            .announcementUnknown, "key \(key) is written, and not every instance has said that it has dropped it")
    }

    /// Announces the holds of commits that take long again, before they run out. Called at every sign of life.
    nonisolated(nonsending) func renewHolds() async {
        let age = configuration.holdLifetime / 4
        for hold in withState({ $0.intents.holds(from: clock.now() - age) }) {
            let since = clock.now()
            let announcement = try? await announce(
                .hold(hold.intent), keys: [hold.key], tags: [], wantsAcknowledgement: false)
            guard announcement != nil else { continue }
            // It may have been released meanwhile.
            if !withState({ $0.intents.renewed(hold.intent, since: since) }) { await release(hold.intent, hold.key) }
        }
    }

    /// If the release cannot be announced the hold runs out by itself: until then readers go to the origin.
    nonisolated(nonsending) private func release(_ hold: String, _ key: String) async {
        _ = try? await announce(.release(hold), keys: [key], tags: [], wantsAcknowledgement: false)
    }

    nonisolated(nonsending) private func commit(_ key: String, value: [UInt8]?, tags: [String]) async throws -> Int64 {
        do {
            return try await origin.commit(key, value: value, tags: tags)
        } catch {
            throw CacheError(.originFailed, "key \(key) may not have been written", underlying: error)
        }
    }

    /// Redis first (raise the floor, drop, announce, in one script), then the own layers from the outside in: in any
    /// other order a reader could refill an inner layer from an outer one.
    nonisolated(nonsending) private func announce(
        _ action: Invalidation.Action, keys: [String], tags: [String], wantsAcknowledgement: Bool
    ) async throws -> Announcement {
        let invalidation = Invalidation(
            action: action, keys: keys, tags: tags, sender: id, wantsAcknowledgement: wantsAcknowledgement)
        if has(.wrongLayerOrder) {
            let early = appliedTime
            await applyOwn(StampedInvalidation(time: early, invalidation: invalidation))
            return try await shared.announce(invalidation)
        }
        let announcement: Announcement
        let start = observer.observesBus ? clock.now() : 0
        do {
            announcement = try await shared.announce(invalidation)
        } catch {
            if observer.observesBus { observer.tell(.published(time: nil, start: start, end: clock.now())) }
            throw CacheError(.announcementUnknown, "the invalidation may not have been announced", underlying: error)
        }
        if observer.observesBus { observer.tell(.published(time: announcement.time, start: start, end: clock.now())) }
        await applyOwn(StampedInvalidation(time: announcement.time, invalidation: invalidation))
        withState { $0.echoes.appliedAfterAnswer(announcement.time) }
        books.withLock { $0.published() }
        _ = isMember(in: announcement.epoch)
        return announcement
    }

    /// A write is committed, or an invalidation asked for, and has to be announced. If the shared tier is away the own
    /// readers of these keys go to the origin until it is back and has been told; in the case of tags, for everything,
    /// as nobody knows which entries of the shared tier carry them.
    /// - Returns: the logical time, `nil` if postponed.
    nonisolated(nonsending) private func announceOrPostpone(keys: [String], tags: [String]) async -> Int64? {
        if let announcement = try? await announce(.drop, keys: keys, tags: tags, wantsAcknowledgement: false) {
            return announcement.time
        }
        if has(.forgottenAnnouncement) { return nil }
        let postponement = withState { state in
            let postponement = state.intents.postpone(keys: keys, tags: tags)
            if postponement.endsValidity { obey(.ends) }
            return postponement
        }
        let stand = Invalidation(
            action: .hold(postponement.intent), keys: keys, sender: id, wantsAcknowledgement: false)
        await applyOwn(
            StampedInvalidation(time: appliedTime + 1, invalidation: stand),
            isPostponed: true)
        return nil
    }

    /// Applies what a writer of this instance has announced, or could not announce.
    nonisolated(nonsending) private func applyOwn(_ stamped: StampedInvalidation, isPostponed: Bool = false) async {
        await clock.point("apply")
        await applyToOwnLayers([stamped], isPostponed: isPostponed)
    }

    /// Announces what could not be while the shared tier was away. Called at every sign of life.
    func announcePostponed() async {
        let batches = withState { $0.intents.close() }
        for batch in batches {
            let announcement = try? await announce(
                .release(withState { $0.intents.intent(of: batch) }), keys: batch.keys.map(\.text).sorted(),
                tags: batch.tags.map(\.text).sorted(),
                wantsAcknowledgement: false)
            if announcement == nil { return }
            withState { $0.intents.announced(batch) }
        }
        // As long as tags were owed the instance did not trust itself. One that has still to catch up does not for
        // that reason.
        guard batches.contains(where: { !$0.tags.isEmpty }), withState({ $0.lease.isConnected }) else { return }
        _ = await renewLease()
    }

    /// Waits until every other instance that was alive has applied the invalidation, or has lost its lease and so
    /// serves nothing of its own.
    /// - Parameter deadline: when to give up, noticed up to half a lease late: an acknowledgement may be lost for good.
    /// - Returns: `false` if it gave up.
    nonisolated(nonsending) private func waitForOthers(
        _ announcement: Announcement, until deadline: Int64
    ) async throws -> Bool {
        var missing = Array(announcement.liveInstances.lazy.filter { [id] in $0 != id })
        if has(.impatientWriter) {
            try await clock.sleep(nanoseconds: 1_000_000)
            return true
        }
        let lastSign = withState { $0.lease.lastHeartbeat }
        while !missing.isEmpty {
            if has(.leaseByOwnClock), clock.now() > lastSign + configuration.lease { return true }
            hints?.rest()
            missing = await acknowledgements.wait(for: missing, toApply: announcement.time)
            if missing.isEmpty { break }
            try Task.checkCancellation()
            try checkRunning()
            guard clock.now() < deadline else { return false }
            let members = try await shared.liveInstances()
            // Who is not remembered need not have lost its lease.
            guard members.epoch == announcement.epoch else { return false }
            missing.removeAll { !members.instances.contains($0) }
        }
        // Those that the shared tier has forgotten serve no longer than their leases.
        if let passed = announcement.timeSinceLoss, passed < configuration.lease {
            try await clock.sleep(nanoseconds: configuration.lease - passed)
            try checkRunning()
        }
        return true
    }

    func checkRunning() throws {
        if withMembership({ $0.isStopped }) { throw CacheError(.stopped, "instance \(id) was stopped") }
    }
}
