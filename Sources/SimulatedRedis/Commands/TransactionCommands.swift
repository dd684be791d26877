import RedisClient

extension CommandRule {
    static let transactionRules: [CommandRule] = [
        CommandRule("multi", 1, [.controlsTransaction, .notInScripts]) { model, call throws(RedisFailure) in
            guard model.connections[call.connection]?.transaction == nil else {
                throw RedisFailure("ERR MULTI calls can not be nested")
            }
            model.connections[call.connection]?.transaction = Connection.Transaction()
            return .status("OK")
        },
        CommandRule("exec", 1, [.controlsTransaction, .notInScripts]) { model, call throws(RedisFailure) in
            try model.executeTransaction(call)
        },
        CommandRule("discard", 1, [.controlsTransaction, .notInScripts]) { model, call throws(RedisFailure) in
            guard model.connections[call.connection]?.transaction != nil else {
                throw RedisFailure("ERR DISCARD without MULTI")
            }
            model.endTransaction(of: call.connection)
            return .status("OK")
        },
        CommandRule("watch", -2, [.controlsTransaction, .notInScripts]) { model, call throws(RedisFailure) in
            guard model.connections[call.connection]?.transaction == nil else {
                throw RedisFailure("ERR WATCH inside MULTI is not allowed")
            }
            for key in call.words.dropFirst() where model.connections[call.connection]?.watched[key] == nil {
                let isExpired = model.keys[key]?.isExpired(at: call.milliseconds) ?? false
                model.connections[call.connection]?.watched[key] = isExpired
                model.watchers[key, default: []].insert(call.connection)
            }
            return .status("OK")
        },
        CommandRule("unwatch", 1, .notInScripts) { model, call in
            model.unwatchAll(call.connection)
            return .status("OK")
        },
    ]
}

extension RedisModel {
    fileprivate mutating func executeTransaction(_ call: Call) throws(RedisFailure) -> RedisValue {
        guard let connection = connections[call.connection], let transaction = connection.transaction else {
            throw RedisFailure("ERR EXEC without MULTI")
        }
        let hasWatchedExpired = connection.watched.contains { key, wasExpired in
            !wasExpired && keys[key]?.isExpired(at: call.milliseconds) == true
        }
        endTransaction(of: call.connection)
        if transaction.isRefused {
            throw RedisFailure("EXECABORT Transaction discarded because of previous errors.")
        }
        if connection.isDisturbed || hasWatchedExpired { return .null }
        var replies: [RedisValue] = []
        for words in transaction.commands {
            let rule = try CommandRule.find(words)
            let inner = Call(words: words, connection: call.connection, now: call.now, isNested: true)
            replies.append(run(rule, inner))
        }
        return .array(replies)
    }

    mutating func endTransaction(of connection: ConnectionID) {
        connections[connection]?.transaction = nil
        unwatchAll(connection)
    }

    fileprivate mutating func unwatchAll(_ connection: ConnectionID) {
        for key in connections[connection]?.watched.keys ?? [:].keys { unwatch(key, connection) }
        connections[connection]?.watched = [:]
        connections[connection]?.isDisturbed = false
    }

    mutating func unwatch(_ key: Bytes, _ connection: ConnectionID) {
        watchers[key]?.remove(connection)
        if watchers[key]?.isEmpty == true { watchers[key] = nil }
    }

    /// Marks the transactions that watch the key. Called after the key has changed.
    ///
    /// If the key was past its deadline when the watch began, its removal does not count as a change.
    mutating func disturbWatchers(of key: Bytes) {
        guard let watching = watchers[key] else { return }
        for connection in watching {
            if connections[connection]?.watched[key] == true, keys[key] == nil {
                connections[connection]?.watched[key] = false
            } else {
                connections[connection]?.isDisturbed = true
            }
        }
    }
}
