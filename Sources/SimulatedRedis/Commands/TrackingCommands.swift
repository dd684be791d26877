import RedisClient

/// The keys that each connection has read. The server sends one invalidation to each of these connections when the
/// key changes.
struct TrackingTable: Sendable, Hashable {
    private(set) var readers: [Bytes: Set<ConnectionID>] = [:]
    /// The connections that track all keys with certain prefixes.
    var broadcasters: Set<ConnectionID> = []

    mutating func remember(_ key: Bytes, readBy connection: ConnectionID) {
        readers[key, default: []].insert(connection)
    }

    /// Removes all entries: after all keys are removed, no connection has read a key that remains.
    mutating func forgetReaders() { readers = [:] }

    /// Removes and returns the connections that read the key since it last changed.
    mutating func take(_ key: Bytes) -> [ConnectionID] { readers.removeValue(forKey: key)?.sorted() ?? [] }

    mutating func forget(_ connection: ConnectionID) {
        broadcasters.remove(connection)
        for key in readers.keys where readers[key]?.contains(connection) == true {
            readers[key]?.remove(connection)
            if readers[key]?.isEmpty == true { readers[key] = nil }
        }
    }
}

extension RedisModel {
    /// The channel of invalidation messages.
    static let invalidationChannel = "__redis__:invalidate"

    /// Executes `CLIENT TRACKING on|off [REDIRECT id] [PREFIX prefix …] [BCAST] [NOLOOP]`.
    mutating func setTracking(_ call: Call) throws(RedisFailure) -> RedisValue {
        var tracking = Connection.Tracking()
        var isBroadcasting = false
        var prefixes: [Bytes] = []
        var place = 3
        while place < call.count {
            let hasNext = place + 1 < call.count
            switch call[place].lowercased.text {
            case "redirect" where hasNext:
                place += 1
                guard tracking.redirect == nil else {
                    throw RedisFailure("ERR A client can only redirect to a single other client")
                }
                let target = ConnectionID(try call.integer(place))
                guard connections[target] != nil else {
                    throw RedisFailure("ERR The client ID you want redirect to does not exist")
                }
                tracking.redirect = target
            case "bcast": isBroadcasting = true
            case "noloop": tracking.ignoresOwnChanges = true
            case "prefix" where hasNext:
                place += 1
                prefixes.append(call[place])
            case "optin", "optout": throw .notModelled("\(call[place].text) of CLIENT TRACKING")
            default: throw .syntax
            }
            place += 1
        }
        switch call[2].lowercased.text {
        case "on":
            let old = connections[call.connection]?.tracking
            if !isBroadcasting, !prefixes.isEmpty {
                throw RedisFailure("ERR PREFIX option requires BCAST mode to be enabled")
            }
            if let old, (old.prefixes != nil) != isBroadcasting {
                throw RedisFailure(
                    "ERR You can't switch BCAST mode on/off before disabling tracking for this client, and then "
                        + "re-enabling it with a different mode.")
            }
            if isBroadcasting {
                tracking.prefixes = try Self.merged(prefixes, into: old?.prefixes ?? [])
            }
            connections[call.connection]?.tracking = tracking
            if isBroadcasting { self.tracking.broadcasters.insert(call.connection) }
        case "off":
            connections[call.connection]?.tracking = nil
            self.tracking.broadcasters.remove(call.connection)
        default: throw .syntax
        }
        return .status("OK")
    }

    /// Returns all prefixes of a client. Throws an error if one is a prefix of another, or occurs twice.
    private static func merged(_ new: [Bytes], into old: [Bytes]) throws(RedisFailure) -> [Bytes] {
        for (place, prefix) in new.enumerated() {
            for other in old where other.starts(with: prefix) || prefix.starts(with: other) {
                throw RedisFailure(
                    "ERR Prefix '\(prefix.text)' overlaps with an existing prefix '\(other.text)'. Prefixes for a "
                        + "single client must not overlap.")
            }
            for other in new[(place + 1)...] where other.starts(with: prefix) || prefix.starts(with: other) {
                throw RedisFailure(
                    "ERR Prefix '\(prefix.text)' overlaps with another provided prefix '\(other.text)'. Prefixes for a "
                        + "single client must not overlap.")
            }
        }
        // Without a prefix the connection tracks every key.
        let added = new.isEmpty ? [Bytes()] : new
        return (old + added.filter { !old.contains($0) }).sorted(by: byBytes)
    }

    /// Stores which keys a connection in the default mode has read.
    mutating func rememberRead(of keys: [Bytes], by connection: ConnectionID) {
        guard let tracking = connections[connection]?.tracking, tracking.prefixes == nil else { return }
        for key in keys { self.tracking.remember(key, readBy: connection) }
    }

    /// Sends invalidations to the connections that track the key.
    mutating func invalidate(_ key: Bytes, changedBy changer: ConnectionID?) {
        for broadcaster in tracking.broadcasters {
            for prefix in connections[broadcaster]?.tracking?.prefixes ?? [] where key.starts(with: prefix) {
                turn.broadcast[prefix, default: [:]].updateValue(changer, forKey: key)
            }
        }
        for reader in tracking.take(key) {
            guard let tracking = connections[reader]?.tracking, tracking.prefixes == nil,
                !(tracking.ignoresOwnChanges && reader == turn.current)
            else { continue }
            if reader == turn.current {
                turn.ownInvalidations.append(key)
                turn.ownReceiver = tracking.redirect
            } else {
                send(.array([.bulk(key)]), to: tracking.redirect)
            }
        }
    }

    /// Sends invalidations of all keys to all connections that track.
    mutating func invalidateEverything() {
        tracking.forgetReaders()
        for (connection, state) in connections.sorted(by: { $0.key < $1.key }) where state.tracking != nil {
            if connection == turn.current {
                turn.ownInvalidations.append(nil)
                turn.ownReceiver = state.tracking?.redirect
            } else {
                send(.null, to: state.tracking?.redirect)
            }
        }
    }

    /// Sends the invalidations that wait for the end of the command: first those for the sender, then those by
    /// prefix.
    mutating func sendHeldInvalidations() {
        if let current = turn.current {
            for key in turn.ownInvalidations {
                // A transaction may have ended the tracking meanwhile. The server still sends these invalidations.
                let tracking = connections[current]?.tracking
                send(
                    key.map { .array([.bulk($0)]) } ?? .null,
                    to: tracking == nil ? turn.ownReceiver : tracking?.redirect)
            }
        }
        guard !turn.broadcast.isEmpty else { return }
        for connection in tracking.broadcasters.sorted() {
            guard let tracking = connections[connection]?.tracking else { continue }
            for prefix in tracking.prefixes ?? [] {
                let keys = (turn.broadcast[prefix] ?? [:]).filter { _, changer in
                    !(tracking.ignoresOwnChanges && changer == connection)
                }.keys.sorted(by: Self.byBytes)
                if !keys.isEmpty { send(.array(keys.map { .bulk($0) }), to: tracking.redirect) }
            }
        }
    }

    /// Sends a message. In this version of the protocol it reaches only a connection with a subscription.
    private mutating func send(_ content: RedisValue, to receiver: ConnectionID?) {
        guard let receiver, connections[receiver]?.channels.isEmpty == false else { return }
        turn.deliveries.append(
            RedisDelivery(
                receiver: receiver, message: RedisMessage(channel: Self.invalidationChannel, content: content)))
    }
}
