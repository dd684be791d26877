/// The lease by which an instance is a member of the cluster: how long it may serve its own layers, and what follows
/// from an answer, a loss and a return. Pure: it holds no task, no clock and no atomic.
///
/// Each method returns what the driver has to do. The driver carries out a ``Validity`` before it gives up the lock
/// that guards the machine, so that a loss which comes later has the last word.
struct MembershipLease: Sendable {
    /// How long the instance may serve its own layers.
    enum Validity: Hashable {
        /// As long as before.
        case unchanged
        /// Not at all, from now on.
        case ends
        /// Until this time on the instance's clock.
        case until(Int64)
    }

    /// How an answer of the shared tier relates to the state that the instance is a member of.
    enum Standing: Hashable {
        /// The answer comes from that state.
        case member
        /// The answer comes from another state. There is nothing to do: it may have been on its way since before the
        /// last loss.
        case stranger
        /// The shared tier has lost the state, and the instance with it: floors, write intents and the membership may
        /// be missing. Validity ends, and the instance joins again after this loss.
        case forgotten(losses: Int)
    }

    /// What follows when the bus has returned, and has kept everything that was announced meanwhile.
    enum Resumption: Hashable {
        /// The instance is valid again when it has applied what it missed: see ``CatchUp``.
        case catchingUp
        /// The connection was lost again. Another return follows.
        case lostAgain
        /// The shared tier has another state: everything older is stale, as after any other loss.
        case otherState
    }

    /// What has to be applied before the instance is valid again.
    private(set) var catchUp = CatchUp()
    /// How often the connection was lost.
    private(set) var losses = 0
    private(set) var isConnected = true
    /// When the last heartbeat that was answered was sent.
    private(set) var lastHeartbeat = Int64.min
    /// The logical time at which the state began that the instance is a member of.
    private var epoch: Int64 = 0
    /// The logical time of the last answer.
    private var lastLogicalTime: Int64 = 0
    /// Nothing is served before this time: a write intent may be under way that the shared tier has forgotten.
    private var cautiousUntil = Int64.min
    private let duration: Int64
    private let intentLifetime: Int64?

    /// - Parameters:
    ///   - duration: nanoseconds that the others grant after each heartbeat.
    ///   - intentLifetime: nanoseconds for which a forgotten write intent may be under way; `nil` if writes have none.
    init(duration: Int64, intentLifetime: Int64?) {
        self.duration = duration
        self.intentLifetime = intentLifetime
    }

    /// A tenth less than the others grant, for clocks that do not run alike.
    private var usableDuration: Int64 { duration / 10 * 9 }

    /// The connection to the bus was lost.
    mutating func lostConnection() -> Validity {
        isConnected = false
        catchUp.abandon()
        losses += 1
        return .ends
    }

    /// An answer came from the state that began at `epoch`. A state that was lost is reported once.
    mutating func standing(in epoch: Int64) -> Standing {
        guard epoch > self.epoch, isConnected else { return epoch == self.epoch ? .member : .stranger }
        isConnected = false
        losses += 1
        return .forgotten(losses: losses)
    }

    /// Whether the instance has been among the living all the time since the last answered heartbeat, by the answer to
    /// the next one that came at `now`.
    ///
    /// The answer alone does not tell. A heartbeat whose answer did not come in time may have been heard late, after
    /// the others had counted the instance out, and then the next one finds it alive. What tells is that the answer
    /// came while the lease of the heartbeat before still ran.
    func wasAlive(_ renewal: Renewal, now: Int64) -> Bool {
        renewal.wasAlive && lastHeartbeat != Int64.min && now - lastHeartbeat <= usableDuration
    }

    /// A heartbeat was answered at this logical time.
    /// - Returns: the logical time of the answer before. The bus has brought everything up to it by now, or has lost
    ///   it.
    mutating func heard(at time: Int64) -> Int64 {
        defer { lastLogicalTime = time }
        return lastLogicalTime
    }

    /// A heartbeat was answered by the state that the instance is a member of.
    /// - Parameters:
    ///   - sent: when it was sent.
    ///   - owesTags: whether the instance has still to announce tags, so that it does not know which entries are stale.
    mutating func extend(from sent: Int64, owesTags: Bool, now: Int64) -> Validity {
        lastHeartbeat = sent
        guard isConnected, !owesTags, now >= cautiousUntil else { return .unchanged }
        return .until(sent + usableDuration)
    }

    /// The instance has taken the lease, when it joined or after a loss, and has made everything older stale.
    /// - Parameter returned: how often the connection had been lost when it came back; `nil` for the first lease.
    mutating func taken(
        _ renewal: Renewal, sent: Int64, afterLosses returned: Int?, owesTags: Bool, now: Int64
    ) -> Validity {
        lastLogicalTime = renewal.time
        // The answer also says so when a heartbeat was the first that a new state heard of this instance.
        let isRemembered = renewal.wasAlive && renewal.epoch == epoch
        epoch = renewal.epoch
        guard returned == nil || returned == losses else { return .unchanged }
        catchUp.abandon()
        isConnected = true
        // An instance that is not remembered may have been counted out, or the server came back without its data. The
        // server has then also forgotten the intents of writes that are about to be committed, and gives tokens for
        // their keys.
        if returned != nil, !isRemembered, let intentLifetime { cautiousUntil = now + intentLifetime }
        return extend(from: sent, owesTags: owesTags, now: now)
    }

    /// The bus has returned with everything that was announced meanwhile, and a heartbeat was answered.
    mutating func resumed(_ renewal: Renewal, sent: Int64, afterLosses returned: Int) -> Resumption {
        guard renewal.epoch == epoch else { return .otherState }
        lastLogicalTime = renewal.time
        guard returned == losses else { return .lostAgain }
        catchUp.begin(CatchUp.Goal(time: renewal.time, sent: sent, losses: losses))
        return .catchingUp
    }

    /// The instance has applied everything up to `applied`.
    /// - Returns: `nil` if it has not reached the goal, or has none.
    mutating func caughtUp(to applied: Int64, owesTags: Bool, now: Int64) -> Validity? {
        guard let goal = catchUp.reached(by: applied) else { return nil }
        isConnected = true
        return extend(from: goal.sent, owesTags: owesTags, now: now)
    }

    /// What has not come within half a lease counts as lost.
    /// - Returns: the loss after which the instance takes its lease as after any other; `nil` if there is nothing to
    ///   give up.
    mutating func giveUpCatchingUp(now: Int64) -> Int? { catchUp.expired(at: now, after: duration / 2)?.losses }
}
