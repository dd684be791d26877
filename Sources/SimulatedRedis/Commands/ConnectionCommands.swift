import RedisClient

extension CommandRule {
    static let connectionRules: [CommandRule] = [
        CommandRule("ping", -1, .whileSubscribed) { model, call throws(RedisFailure) in
            guard call.count <= 2 else { throw .wrongArity("ping") }
            if model.connections[call.connection]?.channels.isEmpty == false {
                return .array([.bulk(Bytes("pong")), .bulk(call.count == 2 ? call[1] : [])])
            }
            return call.count == 2 ? .bulk(call[1]) : .status("PONG")
        },
        CommandRule("echo", 2) { _, call in .bulk(call[1]) },
        CommandRule("client|id", 2, .notInScripts) { _, call in .integer(call.connection.number) },
        CommandRule("client|setname", 3, .notInScripts) { model, call throws(RedisFailure) in
            guard call[2].allSatisfy({ (33...126).contains($0) }) else {
                throw RedisFailure("ERR Client names cannot contain spaces, newlines or special characters.")
            }
            model.connections[call.connection]?.name = call[2]
            return .status("OK")
        },
        CommandRule("client|getname", 2, .notInScripts) { model, call in
            model.connections[call.connection].flatMap { $0.name.isEmpty ? nil : .bulk($0.name) } ?? .null
        },
        CommandRule("client|tracking", -3, .notInScripts) { model, call throws(RedisFailure) in
            try model.setTracking(call)
        },
    ]
}
