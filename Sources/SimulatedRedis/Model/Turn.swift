import RedisClient

/// The effects of one command until its end.
struct Turn: Sendable, Hashable {
    /// The sender of the command.
    var current: ConnectionID?
    var deliveries: [RedisDelivery] = []
    /// The keys that a replica must copy, in the order of their first change.
    var changed: [Bytes] = []
    var isCleared = false
    /// The published messages, for the replica's subscribers.
    var published: [RedisChange.Step] = []
    /// The invalidations for the sender, which follow its reply. `nil` means all keys.
    var ownInvalidations: [Bytes?] = []
    /// The receiver of those invalidations if the sender has ended its tracking by then.
    var ownReceiver: ConnectionID?
    /// For tracking by prefix: the changed keys of each tracked prefix, and for each key its last writer.
    var broadcast: [Bytes: [Bytes: ConnectionID?]] = [:]
}

extension RedisModel {
    /// Ends the turn and returns the effects of the command.
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

    /// Applies the effects of a primary's command to a replica.
    ///
    /// - Returns: the messages to this server's subscribers and trackers.
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

/// A command in the model.
struct Call {
    var words: [Bytes]
    var connection: ConnectionID
    /// Nanoseconds since the beginning of 1970, by the server's clock.
    var now: Int64
    /// Whether a script or a transaction runs the command, so that it must not wait.
    var isNested = false

    /// The time in milliseconds. Deadlines of keys use it.
    var milliseconds: Int64 { now / 1_000_000 }
    var count: Int { words.count }
    var key: Bytes { words[1] }

    subscript(_ index: Int) -> Bytes { words[index] }

    func integer(_ index: Int) throws(RedisFailure) -> Int64 {
        guard let value = Numbers.integer(words[index]) else { throw .notInteger }
        return value
    }

    func score(_ index: Int) throws(RedisFailure) -> Double {
        guard let value = Numbers.score(words[index]) else { throw .notFloat }
        return value
    }
}
