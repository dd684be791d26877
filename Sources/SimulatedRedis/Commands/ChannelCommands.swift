import RedisClient

extension CommandRule {
    static let channelRules: [CommandRule] = [
        CommandRule("publish", 3) { model, call in
            model.turn.published.append(.publish(channel: call[1], payload: call[2]))
            return .integer(model.publish(call[2], on: call[1]))
        },
        CommandRule("subscribe", -2, [.whileSubscribed, .outsideTransactions, .notInScripts]) { model, call in
            .array(
                call.words.dropFirst().map { channel in
                    model.connections[call.connection]?.channels.insert(channel)
                    model.subscribers[channel, default: []].insert(call.connection)
                    return model.confirmation("subscribe", channel, call)
                })
        },
        CommandRule("unsubscribe", -1, [.whileSubscribed, .outsideTransactions, .notInScripts]) { model, call in
            let subscribed = model.connections[call.connection]?.channels ?? []
            let channels = call.count > 1 ? Array(call.words.dropFirst()) : subscribed.sorted(by: RedisModel.byBytes)
            if channels.isEmpty { return .array([model.confirmation("unsubscribe", nil, call)]) }
            return .array(
                channels.map { channel in
                    model.connections[call.connection]?.channels.remove(channel)
                    model.leave(channel, call.connection)
                    return model.confirmation("unsubscribe", channel, call)
                })
        },
    ]
}

extension RedisModel {
    fileprivate func confirmation(_ word: String, _ channel: Bytes?, _ call: Call) -> RedisValue {
        .array([
            .bulk(Bytes(word)), channel.map { .bulk($0) } ?? .null,
            .integer(Int64(connections[call.connection]?.channels.count ?? 0)),
        ])
    }

    /// Sends a message to all subscribers of the channel.
    ///
    /// - Returns: the number of subscribers.
    mutating func publish(_ payload: Bytes, on channel: Bytes) -> Int64 {
        guard let receivers = subscribers[channel] else { return 0 }
        let message = RedisMessage(channel: channel.text, content: .bulk(payload))
        for receiver in receivers.sorted() {
            turn.deliveries.append(RedisDelivery(receiver: receiver, message: message))
        }
        return Int64(receivers.count)
    }

    mutating func leave(_ channel: Bytes, _ connection: ConnectionID) {
        subscribers[channel]?.remove(connection)
        if subscribers[channel]?.isEmpty == true { subscribers[channel] = nil }
    }
}
