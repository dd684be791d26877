import Support

/// What an instance does that was away from a bus which keeps what was announced meanwhile.
extension CacheInstance {
    /// Begins to catch up with what was announced while the instance was away: see ``CatchUp``.
    /// - Returns: `false` if what the tier remembers is of another epoch: then floors and holds may be missing that
    ///   nobody announces again, and everything older is suspect.
    func beginCatchingUp(to renewal: Renewal, sent: Int64, afterLosses losses: Int) -> Bool {
        let resumption = withState { state in
            let resumption = state.lease.resumed(renewal, sent: sent, afterLosses: losses)
            if has(.forgottenPosition), resumption == .catchingUp { state.forgottenUpTo = renewal.time }
            return resumption
        }
        if resumption == .otherState { return false }
        if has(.forgottenPosition) { raiseAppliedTime(to: renewal.time) }
        finishCatchingUp()
        return true
    }

    /// Is valid again if it has applied all that it has to.
    func finishCatchingUp() {
        let applied = appliedTime
        let isDone = withState { state in
            guard
                state.lease.catchUp.isReached(by: applied),
                let validity = state.lease.caughtUp(
                    to: applied, owesTags: state.intents.owesTags, now: clock.now())
            else { return false }
            obey(validity)
            return true
        }
        if isDone { books.withLock { $0.caughtUp() } }
    }

    func giveUpCatchingUp() {
        let now = clock.now()
        let losses = withState { $0.lease.giveUpCatchingUp(now: now) }
        if let losses { work.put(.reconnected(losses: losses, isComplete: false)) }
    }

    /// What an instance hears of a batch that has read on from the end of the stream.
    func afterForgottenPosition(_ batch: [StampedInvalidation]) -> [StampedInvalidation] {
        let end = withState { $0.forgottenUpTo }
        return batch.filter { $0.time > end }
    }
}
