import AdapterProtocol
import Foundation
import Gates
import History
import Processes
import ScenarioRunner
import Support

/// One message is let through, and the world waits until nothing moves any more.
extension GatedWorld {
    /// What can be let through now, in the order in which it would be without anybody's choice: what the last message
    /// caused goes on; announcements come after, and time passes last.
    /// - Parameter withTime: whether time may pass.
    func enabled(withTime: Bool = false) throws -> [GatedMessage] {
        var messages = run.loose
        if withTime, let message = try timeMessage() { messages.append(message) }
        for instance in instances {
            for connection in instance.connections {
                if let head = connection.up.first { messages.append(head) }
                if let head = connection.down.first { messages.append(head) }
            }
        }
        return Self.inUsualOrder(messages, after: task)
    }

    /// - Parameter task: whose message was let through before.
    package static func inUsualOrder(_ messages: [GatedMessage], after task: String) -> [GatedMessage] {
        func rank(_ message: GatedMessage) -> (Int, Int, Int) {
            let kind = message.kind == .fault ? 2 : message.kind == .timer ? 1 : 0
            return (kind, message.task == task ? 0 : 1, message.kind == .push ? 1 : 0)
        }
        return messages.sorted { left, right in
            let (first, second) = (rank(left), rank(right))
            if first != second { return first < second }
            return (left.task, left.label) < (right.task, right.label)
        }
    }

    /// - Returns: the message as it was, with what came of it in its footprint.
    @discardableResult
    func release(_ message: GatedMessage) throws -> GatedMessage {
        var released = message
        counts.steps += 1
        task = message.task
        run.endedInStep = false
        switch message.payload {
        case .operation(let worker):
            run.loose.removeAll { $0.number == message.number }
            try begin(worker, message)
        case .connection(let number):
            guard let connection = connection(number) else { return released }
            if connection.up.first?.number == message.number {
                connection.up.removeFirst()
                guard let command = connection.commands.removeValue(forKey: message.number) else { return released }
                try deliver(command, on: connection)
                try passHandshakes(of: connection)
                return released
            }
            connection.down.removeFirst()
            guard let saying = connection.sayings.removeValue(forKey: message.number) else {
                try settle(message) { drop(connection) }
                released.isEnd = run.endedInStep
                return released
            }
            try settle(message) { try pass(saying, to: connection) }
        case .question(let ask):
            run.loose.removeAll { $0.number == message.number }
            try act(on: ask, message)
            return released
        case .answer(let answer):
            run.loose.removeAll { $0.number == message.number }
            guard let number = message.instance else { return released }
            let instance = instance(number)
            instance.openAsks.remove(answer.ask)
            noteLoadIsAnswered(instance: number, answer)
            try settle(message) { try write(line: answer, to: instance) }
        case .timer(let deadline): try passTime(until: deadline)
        case .fault(let fault):
            run.loose.removeAll { $0.number == message.number }
            try strike(fault)
        }
        released.isEnd = run.endedInStep
        return released
    }

    func connection(_ number: Int) -> GatedConnection? {
        for instance in instances {
            if let found = instance.connections.first(where: { $0.number == number }) { return found }
        }
        return nil
    }

    // MARK: Redis

    /// Lets a command through, and takes in its reply and every announcement that it caused: Redis writes all of them
    /// before it reads again.
    func deliver(_ command: GatedConnection.Command, on connection: GatedConnection) throws {
        guard !connection.isServerGone else { return }
        guard GatedConnection.write(command.bytes, to: connection.server, within: limits.redis) else {
            // It has closed the connection, which is heard below.
            return try hearServer(connection)
        }
        if connection.owners.count == 1 { connection.isBlocked = false }
        if command.request.blocks { connection.isBlocked = true }
        if !command.request.mayPass { isExpiryKnown = false }
        if !connection.isBlocked {
            let deadline = Seconds.now() + limits.redis
            while connection.owners[command.request.number] != nil, !connection.isClosed, !connection.isServerGone {
                let left = deadline - Seconds.now()
                guard left > 0 else { throw GatedError.redis("did not answer \(command.request.verb) in time") }
                var entry = pollfd(fd: connection.server, events: Int16(POLLIN), revents: 0)
                if poll(&entry, 1, Int32(max(1, left * 1_000))) > 0 { try hearServer(connection) }
            }
        }
        try ask(["PING"])
        for instance in instances {
            for other in instance.connections
            where other !== connection && !other.isClosed && !other.isServerGone {
                var entry = pollfd(fd: other.server, events: Int16(POLLIN), revents: 0)
                if poll(&entry, 1, 0) > 0 { try hearServer(other) }
            }
        }
    }

    /// What waited behind a command, and need not wait itself.
    private func passHandshakes(of connection: GatedConnection) throws {
        while let next = connection.up.first, let command = connection.commands[next.number], command.request.mayPass {
            connection.up.removeFirst()
            connection.commands[next.number] = nil
            try deliver(command, on: connection)
        }
    }

    /// Says something to Redis past the gates, and waits for its answer.
    @discardableResult
    func ask(_ words: [String]) throws -> [UInt8] {
        var text = "*\(words.count)\r\n"
        for word in words { text += "$\(word.utf8.count)\r\n\(word)\r\n" }
        guard GatedConnection.write(Array(text.utf8), to: control, within: limits.redis) else {
            throw GatedError.redis("takes no command")
        }
        let deadline = Seconds.now() + limits.redis
        var reply: [UInt8] = []
        while !Self.isWhole(reply) {
            let left = deadline - Seconds.now()
            guard left > 0 else { throw GatedError.redis("did not answer \(words[0]) in time") }
            var entry = pollfd(fd: control, events: Int16(POLLIN), revents: 0)
            guard poll(&entry, 1, Int32(max(1, left * 1_000))) > 0 else { continue }
            guard GatedConnection.read(control, into: &reply) != nil else {
                throw GatedError.redis("has closed the connection")
            }
        }
        guard reply.first != UInt8(ascii: "-") else {
            throw GatedError.redis("refused \(words[0]): \(String(decoding: reply, as: UTF8.self).printable)")
        }
        return reply
    }

    /// Whether a reply of one value without parts is whole.
    private static func isWhole(_ reply: [UInt8]) -> Bool {
        guard reply.suffix(2).elementsEqual([13, 10]) else { return false }
        guard reply.first == UInt8(ascii: "$"), let end = reply.firstIndex(of: 13) else { return true }
        let length = Int(String(decoding: reply[1..<end], as: UTF8.self)) ?? -1
        return length < 0 || reply.count >= end + 4 + length
    }

    // MARK: Quiet

    /// Gives an instance something, and waits until it is quiet again.
    func settle(_ message: GatedMessage, _ give: () throws -> Void) throws {
        guard let number = message.instance else { return try give() }
        let instance = instance(number)
        instance.lastTask = message.task
        let start = Seconds.now()
        try settling(number) {
            try give()
            // Something mostly comes of it at once.
            _ = try pump(milliseconds: message.kind == .push ? 0 : 1)
            try waitUntilQuiet(instance)
        }
        counts.settling += Seconds.now() - start
    }

    func waitUntilQuiet(_ instance: GatedInstance) throws {
        guard let watch = instance.watch else { return }
        let deadline = Seconds.now() + limits.quiet
        while true {
            _ = try pump()
            let look: QuiescenceWatch.Look
            do { look = try watch.look() } catch { throw GatedError.notHere("\(error)") }
            switch look {
            case .quiet where Seconds.now() > deadline:
                throw GatedError.neverQuiet(
                    instance: instance.number, .seconds(limits.quiet), threads: "it goes on talking")
            case .quiet: if try !pump(), try !passOpenTransactions(of: instance) { return }
            case .gone: throw instance.fault(.ended(Self.end(of: instance.process)))
            case .busy:
                sched_yield()
                if isUnwanted() { throw GatedError.interrupted }
                guard Seconds.now() > deadline else { continue }
                throw GatedError.neverQuiet(
                    instance: instance.number, .seconds(limits.quiet), threads: Self.text(watch.states()))
            }
        }
    }

    static func text(_ threads: [ThreadState]) -> String {
        threads.prefix(20).map { thread in
            let what =
                switch thread.state {
                case "R": "runs"
                case "D": "waits for a device"
                case "T": "is stopped"
                case "Z": "has ended"
                default: thread.wait.isEmpty ? "sleeps" : "waits in \(thread.wait)"
                }
            return "thread \(thread.thread) (\(thread.name)) \(what)"
        }.joined(separator: "; ")
    }

    // MARK: The origin

    private func act(on ask: AdapterAsk, _ message: GatedMessage) throws {
        guard let number = message.instance, let origin = run.origin else { return }
        let outcome =
            run.isOriginDown ? OriginAnswer.Outcome.failed("the origin is down") : origin.act(on: ask, instance: number)
        let isLoad = ask.question == .load
        var footprint = Footprint(process: number)
        footprint.origin = .none
        add(
            .answer, number, message.task, about: "\(isLoad ? "load" : "commit") \(ask.key)",
            words: "\u{2190} origin: \(Self.words(of: outcome, ask, origin))", footprint,
            .answer(OriginAnswer(ask: ask.number, outcome: outcome)))
    }

    private func noteLoadIsAnswered(instance: Int, _ answer: OriginAnswer) {
        run.origin?.finishLoad(answer.ask, instance: instance)
    }

    private static func words(
        of outcome: OriginAnswer.Outcome, _ ask: AdapterAsk, _ origin: SubjectOrigin
    ) -> String {
        let version = origin.version(of: ask.key)
        return switch outcome {
        case .failed(let why): "it failed: \(why.prefix(80).description.printable)"
        case .committed: "version \(version) of \(text(ask.key)) is committed"
        case .loaded(nil, _, _): "\(text(ask.key)) does not exist"
        case .loaded: "version \(version) of \(text(ask.key))"
        }
    }
}
