import History
import Support
import Synchronization

extension CacheInstance {
    /// What the instance's own task works off, in order.
    enum Work: Sendable {
        case invalidations([StampedInvalidation])
        /// The bus is back, after that many losses of the connection.
        /// - Parameter isComplete: whether everything that was announced meanwhile follows.
        case reconnected(losses: Int, isComplete: Bool)
        /// Logical time had been this at an earlier sign of life: everything up to it must have arrived by now.
        case checkpoint(Int64)
    }

    /// Subscribes, takes a lease, and starts the two tasks of an instance: one applies invalidations, one renews the
    /// lease.
    func join() async throws {
        let (work, acknowledgements) = (work, acknowledgements)
        try await shared.join(id, lease: configuration.lease) { [weak self] events in
            // Acknowledgements wake writers, and a loss ends all trust: neither queues behind invalidations.
            var invalidations: [StampedInvalidation] = []
            for event in events {
                switch event {
                case .invalidation(let stamped):
                    if self?.books.withLock({ $0.take(stamped) }) ?? false { invalidations.append(stamped) }
                case .acknowledgement(let instance, let time): acknowledgements.acknowledge(time, by: instance)
                case .disconnected: self?.lostConnection()
                case .reconnected, .resumed:
                    if !invalidations.isEmpty { work.put(.invalidations(invalidations)) }
                    invalidations = []
                    let isComplete = if case .resumed = event { true } else { false }
                    if let losses = self?.losses {
                        work.put(.reconnected(losses: losses, isComplete: isComplete))
                    }
                }
            }
            if !invalidations.isEmpty { work.put(.invalidations(invalidations)) }
        }
        do {
            try await takeLease(afterLosses: nil, isComplete: false)
        } catch {
            await shared.leave(id)
            throw error
        }
        let applying = Task(name: "invalidations of \(id)") { [self] in
            while let item = await work.take() {
                await process(item)
                await hints?.finished(hasMore: work.holdsMessages)
            }
        }
        let renewing = Task(name: "lease of \(id)") { [self] in
            while !Task.isCancelled {
                do { try await clock.sleep(nanoseconds: configuration.lease / 4) } catch { break }
                await renew()
            }
            work.close()
        }
        withState { $0.tasks = [applying, renewing] }
    }

    private var losses: Int { withMembership { $0.lease.losses } }

    private func lostConnection() {
        books.withLock { $0.lostConnection() }
        withMembership { state in
            let validity = state.lease.lostConnection()
            if !has(.missedWhileDisconnected) { obey(validity) }
        }
    }

    /// Carries out what a machine has decided, under the lock that guards it.
    func obey(_ validity: MembershipLease.Validity) {
        switch validity {
        case .unchanged: break
        case .ends: trust.trust(until: Int64.min)
        case .until(let time): trust.trust(until: time)
        }
    }

    /// Compares the epoch of an answer with the own one.
    /// - Returns: whether the answer belongs to the state that the instance is a member of.
    func isMember(in epoch: Int64) -> Bool {
        let standing = withMembership { state in
            let standing = state.lease.standing(in: epoch)
            if case .forgotten = standing { obey(.ends) }
            return standing
        }
        if case .forgotten(let losses) = standing { work.put(.reconnected(losses: losses, isComplete: false)) }
        return standing == .member
    }

    /// Everything older than now is suspect; then the lease.
    /// - Parameter losses: how often the connection had been lost when it came back; if it was lost again since, there
    ///   is no trust. `nil` for the first time.
    /// - Parameter isComplete: whether everything announced since follows. Then nothing is suspect, but nothing is
    ///   served either until all of it up to now has been applied.
    private func takeLease(afterLosses losses: Int?, isComplete: Bool) async throws {
        let sent = clock.now()
        let renewal = try await shared.renew(id, lease: configuration.lease, applied: knownTime)
        if isComplete, let losses, beginCatchingUp(to: renewal, sent: sent, afterLosses: losses) { return }
        if !has(losses == nil ? .warmRestart : .missedWhileDisconnected) { distrust(before: renewal.time) }
        books.withLock { $0.learn(time: renewal.time, epoch: renewal.epoch) }
        raiseAppliedTime(to: renewal.time)
        withState { state in
            obey(
                state.lease.taken(
                    renewal, sent: sent, afterLosses: losses, owesTags: state.intents.owesTags, now: clock.now()))
        }
    }

    /// What a sign of life says that the instance has heard.
    private var knownTime: Int64 {
        has(.laggingReplicaBelieved) ? 0 : appliedTime
    }

    func distrust(before time: Int64) {
        trust.suspect(before: time)
        memory.distrust(before: time)
        books.withLock { $0.distrusted() }
        observer.tell(.distrusted(at: clock.now()))
    }

    private func renew() async {
        acknowledgements.tick()
        wakeWaiters()
        giveUpCatchingUp()
        guard withState({ $0.lease.isConnected }), await renewLease() else { return }
        for (sender, time) in withState({ $0.acknowledgements.take() }) {
            try? await shared.acknowledge(time, by: id, to: sender)
        }
        await renewHolds()
        await announcePostponed()
    }

    /// Gives a sign of life.
    /// - Returns: whether it was answered, by the state that the instance is a member of.
    func renewLease() async -> Bool {
        let sent = clock.now()
        guard let renewal = try? await shared.renew(id, lease: configuration.lease, applied: knownTime) else {
            return false
        }
        guard isMember(in: renewal.epoch) else { return false }
        let wasAlive = withState { $0.lease.wasAlive(renewal, now: clock.now()) }
        if !wasAlive, !has(.missedWhileDisconnected) { distrust(before: renewal.time) }
        work.put(.checkpoint(withState { $0.lease.heard(at: renewal.time) }))
        withState { state in
            obey(state.lease.extend(from: sent, owesTags: state.intents.owesTags, now: clock.now()))
        }
        return true
    }

    private func process(_ work: Work) async {
        switch work {
        case .checkpoint(let time):
            if appliedTime < time {
                missed(before: time)
                await acknowledgeMissed()
            }
        case .invalidations(let batch): await apply(batch)
        case .reconnected(let losses, let isComplete): await rejoin(afterLosses: losses, isComplete: isComplete)
        }
    }

    private func rejoin(afterLosses losses: Int, isComplete: Bool) async {
        // If it fails, the connection was lost again, and another attempt follows its return; a live connection on
        // which only this command failed is tried once more at a time.
        while mustRejoin(afterLosses: losses) {
            do {
                try await takeLease(afterLosses: losses, isComplete: isComplete)
                await acknowledgeMissed()
                await announcePostponed()
                return
            } catch {
                do { try await clock.sleep(nanoseconds: configuration.lease / 20) } catch { return }
            }
        }
    }

    private func mustRejoin(afterLosses losses: Int) -> Bool {
        return !withState { $0.isStopped || $0.lease.losses != losses }
    }

    /// Something was announced that did not arrive.
    private func missed(before time: Int64) {
        guard !has(.missedWhileDisconnected) else { return }
        distrust(before: time)
        raiseAppliedTime(to: time)
    }

    /// Tells everybody how far it is, after something was missed. Nothing older is served any more, so that was as good
    /// as applied; but nobody will announce it again, and its sender waits.
    private func acknowledgeMissed() async {
        guard configuration.propagation == .acknowledged, let others = try? await shared.liveInstances() else { return }
        let applied = appliedTime
        for sender in others.instances.sorted() where sender != id {
            // If this one is lost the next sign of life repeats it.
            withState { $0.acknowledgements.note(applied, to: sender) }
            try? await shared.acknowledge(applied, by: id, to: sender)
        }
    }

    /// Applies what others announced, and tells those that wait for it.
    private func apply(_ announced: [StampedInvalidation]) async {
        let batch = has(.forgottenPosition) ? afterForgottenPosition(announced) : announced
        guard let last = batch.last else { return }
        await hints?.tookUp("apply", batch.count)
        let start = clock.now()
        // The bus brings consecutive times. A gap means that something was lost: all before it is suspect.
        var expected = appliedTime + 1
        var hasMissed = false
        for stamped in batch where stamped.time >= expected {
            if stamped.time > expected {
                missed(before: stamped.time)
                hasMissed = true
            }
            expected = stamped.time + 1
        }
        // The own ones are known, unless they came back before the announcement's answer: then they are applied here,
        // since `appliedTime` must not pass what has not been applied. With the defect they were applied before the
        // announcement.
        let hasOwn = batch.contains { $0.invalidation.sender == id }
        let unapplied =
            !hasOwn
            ? batch
            : withState { state in
                batch.filter { stamped in
                    guard stamped.invalidation.sender == id else { return true }
                    return !has(.wrongLayerOrder) && state.echoes.mustApply(stamped.time)
                }
            }
        await applyToOwnLayers(unapplied)
        raiseAppliedTime(to: last.time)
        finishCatchingUp()
        wakeWaiters()
        let end = clock.now()
        for stamped in batch where stamped.invalidation.sender != id {
            if observer.observesBus { observer.tell(.received(time: stamped.time, at: start)) }
            observer.tell(.applied(stamped, start: start, end: end))
        }
        books.withLock { $0.applied(upTo: last.time) }
        if hasMissed { await acknowledgeMissed() }
        let waiting = waitingSenders(of: batch)
        if waiting.isEmpty { return }
        withState { state in
            for (sender, time) in waiting { state.acknowledgements.note(time, to: sender) }
        }
        for (sender, time) in waiting {
            // If this one is lost the next sign of life repeats it.
            try? await shared.acknowledge(time, by: id, to: sender)
        }
    }

    /// Who else waits for what was announced, in the order of their names, and for which logical time at the latest.
    private func waitingSenders(of batch: [StampedInvalidation]) -> [(sender: String, time: Int64)] {
        var waiting: [(sender: String, time: Int64)] = []
        for stamped in batch where stamped.invalidation.wantsAcknowledgement && stamped.invalidation.sender != id {
            // There are few, mostly one.
            if let place = waiting.firstIndex(where: { $0.sender == stamped.invalidation.sender }) {
                waiting[place].time = stamped.time
            } else {
                waiting.append((stamped.invalidation.sender, stamped.time))
            }
        }
        return waiting.count < 2 ? waiting : waiting.sorted { $0.sender < $1.sender }
    }

    /// Returns when the instance has applied everything up to a logical time, or soon after `deadline` (on its clock).
    public func waitUntilApplied(_ time: Int64, deadline: Int64) async {
        let goal = AppliedGoal(time: time, deadline: deadline)
        await waiters.wait(for: goal, endsWithTask: false) { !isReached()(goal) }
    }

    /// Whether a goal is reached now, has run out, or the instance was stopped.
    private func isReached() -> (AppliedGoal) -> Bool {
        let applied = appliedTime
        let now = clock.now()
        let isStopped = withState { $0.isStopped }
        return { $0.time <= applied || $0.deadline <= now || isStopped }
    }

    func wakeWaiters() { waiters.wake(where: isReached()) }

    /// From the outside in: L3, L2, L1.
    /// - Parameter isPostponed: they have no logical time yet, since they could not be announced.
    nonisolated(nonsending) func applyToOwnLayers(
        _ batch: [StampedInvalidation], isPostponed: Bool = false
    ) async {
        guard !batch.isEmpty else { return }
        if let host = usableHost { await applyToHost(batch, host) }
        let holdDeadline = clock.now() + configuration.holdLifetime
        for stamped in batch {
            let invalidation = stamped.invalidation
            trust.raise(invalidation.tags, to: stamped.time)
            if !invalidation.tags.isEmpty { memory.detachFlights() }
            let deadline = isPostponed ? Int64.max : holdDeadline
            let keys = invalidation.keys.map { NameKey($0) }
            for key in keys {
                memory.apply(invalidation.action, to: key, time: stamped.time, holdDeadline: deadline)
            }
            // What could not be announced has no tick yet, and a worker may hold an entry that is current as of a later
            // one than this instance has heard of: it goes whatever it claims. L2 has the hold.
            log.append(keys, time: isPostponed ? Int64.max : stamped.time)
        }
    }

    nonisolated(nonsending) private func applyToHost(_ batch: [StampedInvalidation], _ host: any HostStore) async {
        do {
            try await host.apply(batch)
        } catch {
            // The disk did not take the floors: nothing on it can be believed any more.
            isHostLost.store(true, ordering: .releasing)
        }
    }
}
