import Foundation
import RedisClient
import SimulatedRedis

/// Sends the same commands to a real server and to the model until they disagree.
struct Session {
    static let connectionCount = 5

    struct Disagreement: Error, CustomStringConvertible {
        /// The number of steps up to the disagreement.
        var stepCount: Int
        var description: String
    }

    private let server: RealServer
    private var connections: [RawConnection] = []
    private var ids: [ConnectionID] = []
    private var model: RedisModel
    /// Microseconds since the beginning of 1970.
    private var time = RealServer.epoch * 1000
    /// The queued commands of each connection. They decide how the reply to `EXEC` is compared.
    private var queued: [[Step]?]
    private var deliveries: [[RedisMessage]]
    private var messages: [[RedisMessage]]
    private var executed = 0
    private var tally = Tally()

    /// - Parameter scripts: scripts to load on both sides.
    private init(_ server: RealServer, scripts: [ModelScript]) throws {
        self.server = server
        model = RedisModel(RedisModel.Configuration(scripts: scripts, runIdentifier: try server.runIdentifier()))
        queued = Array(repeating: nil, count: Self.connectionCount)
        deliveries = Array(repeating: [], count: Self.connectionCount)
        messages = deliveries
        server.setTime(time)
        let admin = try RawConnection(socket: server.socket)
        for type in ["normal", "pubsub"] { _ = try admin.send(["CLIENT", "KILL", "TYPE", type, "SKIPME", "yes"]) }
        _ = try admin.send(["FLUSHALL"])
        _ = try admin.send(["SCRIPT", "FLUSH"])
        for script in scripts { _ = try admin.send(["SCRIPT", "LOAD", script.script.source]) }
        for _ in 0..<Self.connectionCount {
            let connection = try RawConnection(socket: server.socket)
            guard case .integer(let number) = try connection.send(["CLIENT", "ID"]) else {
                throw Unusable(reason: "no client id")
            }
            connections.append(connection)
            ids.append(ConnectionID(number))
            model.connect(ConnectionID(number))
        }
        for script in scripts {
            _ = model.execute(RedisCommand("SCRIPT", "LOAD", script.script.source), by: ids[0], at: time * 1000)
        }
    }

    /// Executes all steps on both sides, and compares every reply, every message, and the remaining keys.
    ///
    /// - Returns: the replies to the steps.
    /// - Throws: ``Disagreement``; ``Unusable`` if there is no real server.
    static func compare(_ steps: [Step], on server: RealServer, scripts: [ModelScript] = []) throws -> Tally {
        var session = try Session(server, scripts: scripts)
        var start = 0
        var sinceSynchronisation = 0
        while start < steps.count {
            var end = start + 1
            if !steps[start].standsAlone {
                while end < steps.count, end - start < 100, steps[end].connection == steps[start].connection,
                    steps[end].delay == 0, !steps[end].standsAlone
                { end += 1 }
            }
            session.executed = end
            try session.execute(steps[start..<end])
            start = end
            sinceSynchronisation += 1
            if sinceSynchronisation == 8 || start == steps.count {
                try session.compareMessages()
                sinceSynchronisation = 0
            }
        }
        let tally = session.tally
        try session.compareKeys()
        return tally
    }

    /// Sends commands of one connection in one write.
    private mutating func execute(_ steps: ArraySlice<Step>) throws {
        guard let first = steps.first else { return }
        time += first.delay
        server.setTime(time)
        let connection = connections[first.connection]
        let commands = steps.map { step in step.words.map(bytes) }
        try connection.write(commands)
        for (step, words) in zip(steps, commands) {
            let outcome = model.execute(
                RedisCommand(arguments: words.map { .bytes($0) }), by: ids[step.connection], at: time * 1000)
            for delivery in outcome.deliveries {
                if let index = ids.firstIndex(of: delivery.receiver) { deliveries[index].append(delivery.message) }
            }
            let isConfirmation = Self.isConfirmation(outcome.reply)
            let expected = isConfirmation ? outcome.reply.elements ?? [] : [outcome.reply]
            var replies: [RedisValue] = []
            do {
                while replies.count < expected.count { replies.append(try reply(first.connection)) }
            } catch {
                throw disagreement(step, real: "\(replies) and then \(error)", model: "\(expected)")
            }
            let real = isConfirmation ? RedisValue.array(replies) : replies[0]
            guard canonical(real, of: step) == canonical(outcome.reply, of: step) else {
                throw disagreement(step, real: "\(real)", model: "\(outcome.reply)")
            }
            tally.count(step, real)
            follow(step, reply: real)
        }
        connection.compact()
    }

    private func bytes(_ word: Step.Word) -> [UInt8] {
        switch word {
        case .bytes(let bytes): bytes
        case .number(let connection): Array(String(ids[connection].number).utf8)
        }
    }

    /// Reads the next reply on a connection. It stores the messages before the reply.
    private mutating func reply(_ index: Int) throws -> RedisValue {
        while true {
            let value = try connections[index].read()
            guard let parts = value.elements, parts.count == 3, parts[0] == .bulk(Array("message".utf8)),
                let channel = parts[1].string
            else { return value }
            messages[index].append(RedisMessage(channel: channel, content: parts[2]))
        }
    }

    private static func isConfirmation(_ reply: RedisValue) -> Bool {
        guard let word = reply.elements?.first?.elements?.first?.string else { return false }
        return word == "subscribe" || word == "unsubscribe"
    }

    private mutating func follow(_ step: Step, reply: RedisValue) {
        switch (step.name, reply) {
        case ("multi", .status): queued[step.connection] = []
        case ("exec", _), ("discard", .status): queued[step.connection] = nil
        case (_, .status("QUEUED")): queued[step.connection]?.append(step)
        default: break
        }
    }

    // MARK: Allowed differences

    /// Sorts the parts of a reply whose order the server does not guarantee.
    private func canonical(_ reply: RedisValue, of step: Step) -> RedisValue {
        if case .error(let line) = reply { return .error(Self.withoutPlace(line)) }
        guard let parts = reply.elements else { return reply }
        switch step.name {
        case "exec":
            guard let commands = queued[step.connection], commands.count == parts.count else { return reply }
            return .array(zip(parts, commands).map { canonical($0, of: $1) })
        case "hgetall":
            let pairs = stride(from: 0, to: parts.count - 1, by: 2).map {
                RedisValue.array([parts[$0], parts[$0 + 1]])
            }
            return .array(pairs.sorted { $0.description < $1.description })
        case "scan":
            guard parts.count == 2, let keys = parts[1].elements else { return reply }
            return .array([parts[0], .array(keys.sorted { $0.description < $1.description })])
        case "unsubscribe" where step.words.count == 1:
            let names = parts.compactMap { $0.elements?[1].description }.sorted()
            return .array(names.map { .status($0) } + parts.compactMap { $0.elements?[2] })
        case "evalsha":
            // The reply to a look-up ends with the tags, in the server's order of the fields.
            return Self.withSortedTags(reply)
        default: return reply
        }
    }

    private static func withSortedTags(_ reply: RedisValue) -> RedisValue {
        guard let parts = reply.elements else { return reply }
        guard parts.count > 6, parts[2] == .bulk(Array("hit".utf8)) else { return .array(parts.map(withSortedTags)) }
        return .array(parts[..<6] + parts[6...].sorted { $0.description < $1.description })
    }

    /// Removes the source line from a script's error.
    private static func withoutPlace(_ line: String) -> String {
        guard let end = line.range(of: " script: ") else { return line }
        return String(line[..<end.lowerBound])
    }

    // MARK: Messages and keys

    /// Waits until every connection has received its messages, and compares them.
    private mutating func compareMessages() throws {
        for index in connections.indices {
            try execute([Step(index, ["PING"])])
            let (real, simulated) = (Self.canonical(messages[index]), Self.canonical(deliveries[index]))
            guard real == simulated else {
                throw Disagreement(
                    stepCount: executed,
                    description: "messages to connection \(index)\n  real:  \(real)\n  model: \(simulated)")
            }
            tally.count(messages: messages[index].count)
            messages[index] = []
            deliveries[index] = []
        }
    }

    /// Compares ordinary messages in order, and invalidations as the set of keys, because one of the server's
    /// messages may have several keys.
    private static func canonical(_ messages: [RedisMessage]) -> [String] {
        var ordinary: [String] = []
        var invalidated: Set<String> = []
        for message in messages {
            if message.channel == "__redis__:invalidate" {
                if message.content.isNull { invalidated.insert("everything") }
                for key in message.content.elements ?? [] { invalidated.insert(key.description) }
            } else {
                ordinary.append("\(message.channel): \(message.content)")
            }
        }
        return ordinary + invalidated.sorted()
    }

    /// Compares every remaining key: type, deadline, content.
    private mutating func compareKeys() throws {
        // An open transaction would queue the following commands.
        for index in connections.indices where queued[index] != nil { try execute([Step(index, ["DISCARD"])]) }
        // Listing the keys removes the expired ones on both sides before the count.
        var questions = [Step(0, ["SCAN", "0", "COUNT", "100000"]), Step(0, ["DBSIZE"])]
        let listing = model.execute(RedisCommand("SCAN", "0", "COUNT", "100000"), by: ids[0], at: time * 1000)
        for key in listing.reply.elements?[1].elements ?? [] {
            guard let key = key.bytes else { continue }
            for question in [["TYPE"], ["PEXPIRETIME"], ["GET"], ["HGETALL"], ["XRANGE", "-", "+"]] {
                let words = question.map { Array($0.utf8) }
                questions.append(Step(0, bytes: [words[0], key] + words.dropFirst()))
            }
            questions.append(
                Step(0, bytes: [Array("ZRANGE".utf8), key] + ["0", "-1", "WITHSCORES"].map { Array($0.utf8) }))
        }
        for start in stride(from: 0, to: questions.count, by: 50) {
            try execute(questions[start..<min(start + 50, questions.count)])
        }
    }

    private func disagreement(_ step: Step, real: String, model: String) -> Disagreement {
        Disagreement(stepCount: executed, description: "\(step)\n  real:  \(real)\n  model: \(model)")
    }
}
