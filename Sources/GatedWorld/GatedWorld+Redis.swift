import Foundation
import Gates
import History
import Processes
import RedisClient
import ScenarioRunner
import Support

/// What instances and Redis say to each other, as messages.
extension GatedWorld {
    func accept(_ instance: GatedInstance) throws {
        while true {
            let client = Foundation.accept(instance.listener, nil, nil)
            guard client >= 0 else { return }
            Socket.prepare(client)
            var isOn: Int32 = 1
            setsockopt(client, Int32(IPPROTO_TCP), TCP_NODELAY, &isOn, socklen_t(MemoryLayout<Int32>.size))
            guard let server = Socket.connect(to: self.server.configuration.endpoint) else {
                Foundation.close(client)
                throw GatedError.redis("refuses connections")
            }
            hasConnected = true
            instance.connections.append(
                GatedConnection(number: nextConnection(), instance: instance.number, client: client, server: server))
            guard instance.connections.count <= GatedInstance.mostConnections else {
                throw GatedError.tooManyConnections(
                    instance: instance.number, limit: GatedInstance.mostConnections)
            }
        }
    }

    // MARK: From the instance

    func hearClient(_ connection: GatedConnection) throws {
        var bytes: [UInt8] = []
        guard GatedConnection.read(connection.client, into: &bytes) != nil else { return drop(connection) }
        noteArrival(from: connection.instance)
        for message in try gated(connection, { try connection.conversation.receive(fromClient: bytes) }) {
            try take(message, on: connection)
        }
    }

    /// A client that waits for each reply of a transaction hears that its commands are queued, which nobody else sees.
    func passOpenTransactions(of instance: GatedInstance) throws -> Bool {
        var hasPassed = false
        for connection in instance.connections where connection.conversation.isTransactionOpen {
            guard connection.up.isEmpty, let message = connection.conversation.passTransaction() else { continue }
            try take(message, on: connection)
            hasPassed = true
        }
        return hasPassed
    }

    private func take(_ message: ConversationMessage, on connection: GatedConnection) throws {
        guard case .command(let request, let raw) = message else { return }
        let task = taskOfCause(connection.instance)
        let label = request.label(without: [plainNamespace])
        let passes = connection.up.isEmpty && (isOpen || request.mayPass)
        connection.owners[request.number] = GatedConnection.Owner(task: task, label: label, passes: passes)
        let command = GatedConnection.Command(bytes: raw, request: request)
        if passes { return try deliver(command, on: connection) }
        var footprint = Footprint(connection: connection.number)
        footprint.redis = RedisAccess.of(request)
        let gate = make(
            .command, connection.instance, task, about: label, words: "\u{2192} Redis: \(words(of: raw))",
            footprint, .connection(connection.number))
        connection.up.append(gate)
        connection.commands[gate.number] = command
    }

    private func gated<Value>(_ connection: GatedConnection, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as RedisGateError {
            throw GatedError.notGated(instance: connection.instance, error.description)
        }
    }

    // MARK: From Redis

    func hearServer(_ connection: GatedConnection) throws {
        var bytes: [UInt8] = []
        guard GatedConnection.read(connection.server, into: &bytes) != nil else { return noteEnd(of: connection) }
        for message in try gated(connection, { try connection.conversation.receive(fromServer: bytes) }) {
            let instance = connection.instance
            let footprint = Footprint(process: instance, connection: connection.number)
            switch message {
            case .command: continue
            case .push(let kind, _, let raw):
                if isOpen, connection.down.isEmpty {
                    try pass(raw, to: connection)
                    continue
                }
                let gate = make(
                    .push, instance, "\(instance)", about: message.label(without: [plainNamespace]),
                    words: "\u{2190} Redis says \(kind.printable): \(words(of: raw, without: 1))", footprint,
                    .connection(connection.number))
                connection.down.append(gate)
                connection.sayings[gate.number] = raw
            case .reply(let request, let raw, _):
                let owner = connection.owners.removeValue(forKey: request.number)
                if connection.down.isEmpty, isOpen || owner?.passes ?? false {
                    try pass(raw, to: connection)
                    continue
                }
                let gate = make(
                    .reply, instance, owner?.task ?? "\(instance)", about: owner?.label ?? request.label(),
                    words: "\u{2190} Redis: \(words(of: raw))", footprint, .connection(connection.number))
                connection.down.append(gate)
                connection.sayings[gate.number] = raw
            }
        }
    }

    /// Redis has closed a connection, which the instance sees after all that was said before.
    private func noteEnd(of connection: GatedConnection) {
        if isOpen { return drop(connection) }
        guard !connection.isServerGone else { return }
        connection.isServerGone = true
        connection.owners = [:]
        let gate = make(
            .reply, connection.instance, taskOfCause(connection.instance), about: "end of the connection",
            words: "\u{2190} Redis closes the connection",
            Footprint(process: connection.instance, connection: connection.number), .connection(connection.number))
        connection.down.append(gate)
    }

    // MARK: For people

    /// The words of a command or a reply, without what differs from run to run; values by their versions.
    /// - Parameter skipped: how many words to leave out at the beginning.
    func words(of raw: [UInt8], without skipped: Int = 0) -> String {
        var texts: [String] = []
        var lines = raw.prefix(2_000)[...]
        while let end = lines.firstIndex(of: 13), texts.count < 12 {
            let line = lines[lines.startIndex..<end]
            lines = lines[min(end + 2, lines.endIndex)...]
            guard let kind = line.first else { continue }
            let rest = String(decoding: line.dropFirst(), as: UTF8.self)
            switch kind {
            case UInt8(ascii: "$"), UInt8(ascii: "="), UInt8(ascii: "!"):
                guard let count = Int(rest), count >= 0 else {
                    texts.append("nil")
                    continue
                }
                texts.append(word(String(decoding: lines.prefix(min(count, 300)), as: UTF8.self), texts.isEmpty))
                lines = lines.dropFirst(count > Int.max - 2 ? count : count + 2)
            case UInt8(ascii: "*"), UInt8(ascii: ">"), UInt8(ascii: "~"), UInt8(ascii: "%"):
                if rest == "-1" { texts.append("nil") }
                if rest == "0" { texts.append("nothing") }
            case UInt8(ascii: "_"): texts.append("nil")
            case UInt8(ascii: "-"): texts.append("error \(rest.prefix(80).description.printable)")
            default: texts.append(rest.prefix(60).description.printable)
            }
        }
        return texts.dropFirst(skipped).joined(separator: " ")
    }

    private func word(_ text: String, _ isFirst: Bool) -> String {
        if let version = run.origin?.words(ofValue: text) { return "(\(version))" }
        let known = MessageLabel.normalised(text, without: [plainNamespace])
        if isFirst, known.allSatisfy(\.isUppercase) { return known.printable }
        return Self.text(known.count > 40 ? known.prefix(39) + "…" : known)
    }
}

/// Which keys of Redis a command looks at, and which it changes.
enum RedisAccess {
    /// Commands that change nothing.
    private static let reading: Set<String> = [
        "BITCOUNT", "DUMP", "EXISTS", "EXPIRETIME", "GET", "GETBIT", "GETRANGE", "HEXISTS", "HGET", "HGETALL", "HKEYS",
        "HLEN", "HMGET", "HSTRLEN", "HVALS", "LINDEX", "LLEN", "LRANGE", "MGET", "PEXPIRETIME", "PTTL", "SCARD",
        "SISMEMBER", "SMEMBERS", "SMISMEMBER", "STRLEN", "TTL", "TYPE", "XLEN", "XRANGE", "XREVRANGE", "ZCARD",
        "ZCOUNT", "ZMSCORE", "ZRANGE", "ZRANK", "ZSCORE",
    ]
    /// Commands that change their keys, and touch nothing else.
    private static let writing: Set<String> = [
        "APPEND", "DECR", "DECRBY", "DEL", "EXPIRE", "EXPIREAT", "GETDEL", "GETEX", "GETSET", "HDEL", "HINCRBY",
        "HMSET", "HSET", "HSETNX", "INCR", "INCRBY", "LPOP", "LPUSH", "LREM", "LTRIM", "MSET", "MSETNX", "PERSIST",
        "PEXPIRE", "PSETEX", "RPOP", "RPUSH", "SADD", "SET", "SETEX", "SETNX", "SETRANGE", "SREM", "UNLINK", "XADD",
        "XDEL", "XTRIM", "ZADD", "ZINCRBY", "ZREM",
    ]

    /// A script may touch more than its keys, and a message reaches whoever listens: they meet everything.
    static func of(_ request: RedisRequest) -> Footprint.Access {
        guard request.parts.isEmpty, !request.keys.isEmpty else { return .everything }
        if reading.contains(request.verb) { return .reads(Set(request.keys)) }
        if writing.contains(request.verb) { return .writes(Set(request.keys)) }
        return .everything
    }
}
