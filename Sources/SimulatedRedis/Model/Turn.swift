import RedisClient

/// What one command has caused so far, until it is over.
struct Turn: Sendable, Hashable {
    /// Whose command it is.
    var current: ConnectionID?
    var deliveries: [RedisDelivery] = []
    /// The keys whose state a replica must be told, in the order of the first change.
    var changed: [Bytes] = []
    var isCleared = false
    /// For the replica's own subscribers.
    var published: [RedisChange.Step] = []
    /// Invalidations for the sender itself, which come after its reply; `nil` for "everything".
    var ownInvalidations: [Bytes?] = []
    /// Where those go if the sender has ended its tracking by then.
    var ownReceiver: ConnectionID?
    /// For those who track by prefix: the keys of each prefix that somebody tracked when they changed, and who changed
    /// each last.
    var broadcast: [Bytes: [Bytes: ConnectionID?]] = [:]
}

extension RedisModel {
    /// Puts together what the command has caused.
    mutating func endTurn(_ reply: RedisValue) -> RedisOutcome {
        sendHeldInvalidations()
        var steps: [RedisChange.Step] = turn.isCleared ? [.clear] : []
        var seen: Set<Bytes> = []
        for key in turn.changed where turn.changed.count == 1 || seen.insert(key).inserted {
            steps.append(keys[key].map { .put(key, $0) } ?? .remove(key))
        }
        steps += turn.published
        let outcome = RedisOutcome(
            reply: reply, deliveries: turn.deliveries, change: steps.isEmpty ? nil : RedisChange(steps: steps))
        turn = Turn()
        return outcome
    }

    /// Does on a replica what a command did on its primary.
    /// - Returns: what this server's subscribers and trackers are sent.
    mutating func apply(_ change: RedisChange) -> [RedisDelivery] {
        for step in change.steps {
            switch step {
            case .clear: clear()
            case .put(let key, let stored):
                keys[key] = stored
                noteChange(of: key)
            case .remove(let key):
                keys[key] = nil
                noteChange(of: key)
            case .publish(let channel, let payload): _ = publish(payload, on: channel)
            }
        }
        return endTurn(.null).deliveries
    }
}
