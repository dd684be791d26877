import Support
import Synchronization

/// What an instance does that was away from a bus which keeps what was announced meanwhile.
extension CacheInstance {
    /// Until when it has to have applied everything, and from when on it may trust itself then.
    struct CatchUp {
        /// Logical time at the sign of life that followed the return.
        let time: Int64
        /// When that sign of life was given.
        let sent: Int64
        let losses: Int
    }

    /// Everything that was announced while the instance was away follows, and everything up to the time of a sign of
    /// life is to be applied before anything is served: then each of its layers has obeyed what it would have obeyed
    /// without the loss.
    /// - Returns: `false` if what the tier remembers is of another epoch: then floors and holds may be missing that
    ///   nobody announces again, and everything older is suspect.
    func beginCatchingUp(to renewal: Renewal, sent: Int64, afterLosses losses: Int) -> Bool {
        clock.usesInstance()
        let isSame = state.withLock { state in
            guard renewal.epoch == state.epoch else { return false }
            state.lastRenewal = renewal.time
            if losses == state.losses {
                state.catchUp = CatchUp(time: renewal.time, sent: sent, losses: losses)
                if has(.forgottenPosition) { state.forgottenUpTo = renewal.time }
            }
            return true
        }
        guard isSame else { return false }
        if has(.forgottenPosition) { appliedTime.max(renewal.time, ordering: .acquiringAndReleasing) }
        finishCatchingUp()
        return true
    }

    /// Trusts itself again if it has applied all that it has to.
    func finishCatchingUp() {
        let applied = appliedTime.load(ordering: .acquiring)
        let isDone = state.withLock { state in
            guard let catchUp = state.catchUp, applied >= catchUp.time else { return false }
            state.catchUp = nil
            state.isConnected = true
            extendTrust(from: catchUp.sent, &state)
            return true
        }
        if isDone { books.withLock { $0.caughtUp() } }
    }

    /// What has not come within half a lease is taken for lost: everything older than now is suspect then, and the
    /// lease is taken as after any other loss.
    func giveUpCatchingUp() {
        clock.usesInstance()
        let now = clock.now()
        let losses: Int? = state.withLock { state in
            guard let catchUp = state.catchUp, now > catchUp.sent + configuration.lease / 2 else { return nil }
            state.catchUp = nil
            return catchUp.losses
        }
        if let losses { work.put(.reconnected(losses: losses, isComplete: false)) }
    }

    /// What an instance hears of a batch that has read on from the end of the stream.
    func afterForgottenPosition(_ batch: [StampedInvalidation]) -> [StampedInvalidation] {
        let end = state.withLock { $0.forgottenUpTo }
        return batch.filter { $0.time > end }
    }
}
