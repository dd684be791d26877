import RedisClient

extension CommandRule {
    static let groupRules: [CommandRule] = [
        CommandRule("xgroup|create", -5, [.write, .growing]) { model, call throws(RedisFailure) in
            try model.createGroup(call)
        },
        CommandRule("xgroup|destroy", 4, .write) { model, call throws(RedisFailure) in
            try model.requireStream(call[2], call)
            let wasThere = try model.update(Stream.self, call[2], call) {
                $0.groups.removeValue(forKey: call[3]) != nil
            }
            if wasThere { model.turn.changed.append(call[2]) }
            return .integer(wasThere ? 1 : 0)
        },
        CommandRule("xreadgroup", -7, .write) { model, call throws(RedisFailure) in try model.readGroup(call) },
        CommandRule("xack", -4, .write) { model, call throws(RedisFailure) in
            guard try model.collection(Stream.self, call.key, call)?.groups[call[2]] != nil else { return .integer(0) }
            let ids = try call.streamIDs(from: 3)
            let acknowledged = try model.update(Stream.self, call.key, call) { stream in
                ids.count { stream.groups[call[2]]?.pending.removeValue(forKey: $0) != nil }
            }
            if acknowledged > 0 { model.turn.changed.append(call.key) }
            return .integer(Int64(acknowledged))
        },
        CommandRule("xpending", -3, .readOnly, keys: .first) { model, call throws(RedisFailure) in
            try model.pending(call)
        },
    ]
}

extension RedisModel {
    fileprivate mutating func requireStream(_ key: Bytes, _ call: Call) throws(RedisFailure) {
        guard try collection(Stream.self, key, call) == nil else { return }
        throw RedisFailure(
            "ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use the "
                + "MKSTREAM option to create an empty stream automatically.")
    }

    fileprivate mutating func createGroup(_ call: Call) throws(RedisFailure) -> RedisValue {
        var makesStream = false
        for word in call.words.dropFirst(5) {
            if word.isWord("entriesread") { throw .notModelled("ENTRIESREAD of XGROUP CREATE") }
            guard word.isWord("mkstream") else {
                throw RedisFailure(
                    "ERR unknown subcommand or wrong number of arguments for '\(call[1].text)'. Try XGROUP HELP.")
            }
            makesStream = true
        }
        let key = call[2]
        if !makesStream { try requireStream(key, call) }
        let stream = try collection(Stream.self, key, call)
        let start = call[4].isWord("$") ? stream?.lastID ?? .zero : try StreamID(strict: call[4])
        guard stream?.groups[call[3]] == nil else {
            throw RedisFailure("BUSYGROUP Consumer Group name already exists")
        }
        try update(Stream.self, key, call) { $0.groups[call[3]] = Stream.Group(lastDelivered: start) }
        // For watchers and trackers only the creation of a stream changes the key, and not the creation of a group.
        if stream == nil { noteChange(of: key) } else { turn.changed.append(key) }
        return .status("OK")
    }

    fileprivate mutating func readGroup(_ call: Call) throws(RedisFailure) -> RedisValue {
        let request = try ReadRequest(call, isOfGroup: true)
        guard let group = request.group, let consumer = request.consumer else { throw .syntax }
        var starts: [StreamID?] = []
        for (key, id) in request.streams {
            guard try collection(Stream.self, key, call)?.groups[group] != nil else {
                throw RedisFailure(
                    "NOGROUP No such key '\(key.text)' or consumer group '\(group.text)' in XREADGROUP with "
                        + "GROUP option")
            }
            if id.isWord("$") {
                throw RedisFailure(
                    "ERR The $ ID is meaningless in the context of XREADGROUP: you want to read the history of this "
                        + "consumer by specifying a proper ID, or use the > ID to get new messages. The $ ID would "
                        + "just return an empty result set.")
            }
            starts.append(id.isWord(">") ? nil : try StreamID(strict: id))
        }
        var found: [RedisValue] = []
        for ((key, _), start) in zip(request.streams, starts) {
            // Two of the streams may be the same key. Its deadline cannot pass within one command.
            let entries = try update(Stream.self, key, call) { stream in
                stream.groups[group]?.consumers.insert(consumer)
                if let start { return stream.history(request, group, consumer, after: start, at: call.milliseconds) }
                return stream.deliver(request, group, consumer, at: call.milliseconds)
            }
            turn.changed.append(key)
            if start != nil || !entries.isEmpty { found.append(.array([.bulk(key), .array(entries)])) }
        }
        if found.isEmpty { try request.refuseToWait(call) }
        return found.isEmpty ? .null : .array(found)
    }

    fileprivate mutating func pending(_ call: Call) throws(RedisFailure) -> RedisValue {
        let request = try PendingRequest(call)
        guard let group = try collection(Stream.self, call.key, call)?.groups[call[2]] else {
            throw RedisFailure("NOGROUP No such key '\(call.key.text)' or consumer group '\(call[2].text)'")
        }
        guard let request else { return group.summary }
        let found = group.pending(of: request.consumer, from: request.start, through: request.end).filter {
            call.milliseconds - $0.1.deliveredAt >= request.idle
        }
        return .array(
            found.prefix(request.count).map { id, pending in
                .array([
                    .bulk(id.text), .bulk(pending.consumer), .integer(max(0, call.milliseconds - pending.deliveredAt)),
                    .integer(pending.deliveries),
                ])
            })
    }
}

/// The longer form of `XPENDING`. Nil if the command has only a key and a group.
private struct PendingRequest {
    var idle: Int64 = 0
    var start = StreamID.zero
    var end = StreamID.last
    var count = 0
    var consumer: Bytes?

    init?(_ call: Call) throws(RedisFailure) {
        guard call.count != 3 else { return nil }
        guard (6...9).contains(call.count) else { throw .syntax }
        var place = 3
        if call[3].isWord("idle") {
            idle = try call.integer(4)
            guard call.count >= 8 else { throw .syntax }
            place = 5
        }
        count = Int(clamping: max(0, try call.integer(place + 2)))
        start = try call.intervalStart(place)
        end = try call.intervalEnd(place + 1)
        // The server ignores words after the consumer.
        if call.count >= place + 4 { consumer = call[place + 3] }
    }
}

extension Stream {
    /// Delivers entries that the group has not delivered yet.
    fileprivate mutating func deliver(
        _ request: ReadRequest, _ group: Bytes, _ consumer: Bytes, at milliseconds: Int64
    ) -> [RedisValue] {
        guard let start = groups[group]?.lastDelivered.next else { return [] }
        let found = entries(from: start, through: .last, count: request.count)
        for entry in found {
            groups[group]?.lastDelivered = entry.id
            if !request.acknowledgesAtOnce {
                groups[group]?.pending[entry.id] =
                    Pending(consumer: consumer, deliveredAt: milliseconds, deliveries: 1)
            }
        }
        return found.map(\.reply)
    }

    /// Returns entries that the consumer has received and not acknowledged. Each delivery counts.
    /// A deleted entry comes without its fields.
    fileprivate mutating func history(
        _ request: ReadRequest, _ group: Bytes, _ consumer: Bytes, after start: StreamID, at milliseconds: Int64
    ) -> [RedisValue] {
        guard let first = start.next,
            let found = groups[group]?.pending(of: consumer, from: first, through: .last)
        else { return [] }
        return found.prefix(request.count ?? .max).map { id, pending in
            guard let entry = entry(id) else { return .array([.bulk(id.text), .null]) }
            groups[group]?.pending[id] =
                Pending(consumer: consumer, deliveredAt: milliseconds, deliveries: pending.deliveries + 1)
            return entry.reply
        }
    }
}

extension Stream.Group {
    fileprivate var summary: RedisValue {
        let ids = pending.keys.sorted()
        guard let first = ids.first, let last = ids.last else { return .array([.integer(0), .null, .null, .null]) }
        let counts = Dictionary(grouping: pending.values, by: \.consumer).mapValues(\.count)
        let consumers = counts.sorted { RedisModel.byBytes($0.key, $1.key) }
        return .array([
            .integer(Int64(ids.count)), .bulk(first.text), .bulk(last.text),
            .array(consumers.map { .array([.bulk($0.key), .bulk(Bytes(String($0.value)))]) }),
        ])
    }
}
