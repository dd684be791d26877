import AdapterProtocol
import Foundation
import Gates
import History
import Processes
import RedisClient
import ScenarioRunner
import Support

/// What arrives: from processes, on connections, from Redis.
extension GatedWorld {
    private enum Source {
        case output(GatedInstance)
        case errors(GatedInstance)
        case listener(GatedInstance)
        case client(GatedConnection)
        case server(GatedConnection)
    }

    /// Takes in what has arrived, and waits for something for so long at most.
    /// - Returns: whether anything had.
    func pump(milliseconds: Int32 = 0) throws -> Bool {
        var entries: [pollfd] = []
        var sources: [Source] = []
        func add(_ descriptor: Int32, _ source: Source) {
            entries.append(pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0))
            sources.append(source)
        }
        for instance in instances {
            add(instance.process.output, .output(instance))
            add(instance.process.errors, .errors(instance))
            add(instance.listener, .listener(instance))
            for connection in instance.connections {
                add(connection.client, .client(connection))
                if !connection.isServerGone { add(connection.server, .server(connection)) }
            }
        }
        guard poll(&entries, nfds_t(entries.count), milliseconds) > 0 else { return false }
        var hasHeard = false
        for (entry, source) in zip(entries, sources) where entry.revents != 0 {
            switch source {
            case .output(let instance): try hear(instance)
            case .errors(let instance): hearErrors(instance)
            case .listener(let instance): try accept(instance)
            case .client(let connection) where !connection.isClosed: try hearClient(connection)
            case .server(let connection) where !connection.isClosed: try hearServer(connection)
            case .client, .server: continue
            }
            if case .errors = source { continue }
            hasHeard = true
        }
        return hasHeard
    }

    private func hearErrors(_ instance: GatedInstance) {
        var bytes: [UInt8] = []
        _ = GatedConnection.read(instance.process.errors, into: &bytes)
        instance.noteErrors(bytes)
    }

    /// A message that comes from an instance which was given nothing moved by itself.
    func noteArrival(from instance: Int) {
        guard !isOpen, !isTimePassing, settling != instance else { return }
        run.late += 1
        counts.late += 1
    }

    /// Whose message caused what an instance says now.
    func taskOfCause(_ instance: Int) -> String {
        settling == instance && !task.isEmpty ? task : self.instance(instance).lastTask
    }

    // MARK: Lines

    private func hear(_ instance: GatedInstance) throws {
        var bytes: [UInt8] = []
        guard GatedConnection.read(instance.process.output, into: &bytes) != nil else {
            let how = Self.waitForEnd(of: instance.process) ? Self.end(of: instance.process) : "has closed its output"
            throw instance.fault(.ended(how))
        }
        var splitter = instance.splitter
        var lines: [[UInt8]] = []
        do {
            try bytes.withUnsafeBytes { try splitter.take($0) { line, _ in lines.append(Array(line)) } }
        } catch {
            throw instance.fault(.lineTooLong(limit: scenario.longestSubjectLine), line: splitter.count + 1)
        }
        let first = instance.lines
        instance.splitter = splitter
        for (index, line) in lines.enumerated() {
            do {
                try hear(line, from: instance)
            } catch let reason as AdapterError.Reason {
                throw instance.fault(reason, line: first + index + 1, excerpt: line)
            }
        }
    }

    /// How a process has ended, which may be known a moment later.
    static func end(of process: GatedProcess) -> String {
        _ = waitForEnd(of: process)
        return process.how ?? "has ended"
    }

    /// A process that has closed its ends is mostly about to end.
    static func waitForEnd(of process: GatedProcess) -> Bool {
        let deadline = Seconds.now() + 1
        while process.how == nil, Seconds.now() < deadline { usleep(1_000) }
        return process.how != nil
    }

    private func hear(_ line: [UInt8], from instance: GatedInstance) throws {
        switch try AdapterLine(line) {
        case .log: return
        case .answer(let answer):
            let request = Request(instance: instance.number, number: answer.id)
            guard answer.id > 0, answer.id <= instance.lastRequest else {
                throw AdapterError.Reason.unknownRequest(answer.id)
            }
            if var open = run.open.removeValue(forKey: request) {
                noteArrival(from: instance.number)
                run.endedInStep = true
                finish(&open, with: answer.outcome, of: instance)
            } else if awaited.remove(request) != nil {
                run.answers[request] = answer.outcome
            } else if lost.remove(request) == nil {
                throw AdapterError.Reason.answeredTwice(answer.id)
            }
        case .ask(let ask):
            guard instance.openAsks.insert(ask.number).inserted else {
                throw AdapterError.Reason.askedTwice(ask.number)
            }
            guard instance.openAsks.count <= 10_000 else {
                throw AdapterError.Reason.tooManyQuestions(limit: 10_000)
            }
            noteArrival(from: instance.number)
            if isOpen { return try answerAtOnce(ask, instance) }
            let isLoad = ask.question == .load
            let task = ask.worker.map { "\(instance.number).\($0)" } ?? taskOfCause(instance.number)
            var stamped = ask
            // Of the run's own time: the adapter has another clock.
            stamped.start = run.clock.now()
            var footprint = Footprint(process: nil)
            footprint.origin = isLoad ? .reads([ask.key]) : .writes([ask.key])
            add(
                .question, instance.number, task, about: "\(isLoad ? "load" : "commit") \(ask.key)",
                words: "asks the origin to \(isLoad ? "load" : "commit") \(Self.text(ask.key))", footprint,
                .question(stamped))
        }
    }

    /// Between runs the origin has what it had, and whoever is late is told so.
    private func answerAtOnce(_ ask: AdapterAsk, _ instance: GatedInstance) throws {
        instance.openAsks.remove(ask.number)
        let outcome: OriginAnswer.Outcome =
            ask.question == .load ? .loaded(nil) : .failed("the run is over, and nothing is committed any more")
        try write(line: OriginAnswer(ask: ask.number, outcome: outcome), to: instance)
    }

    // MARK: Messages

    /// To the instance. One that has gone away does not take it.
    func pass(_ bytes: [UInt8], to connection: GatedConnection) throws {
        if !GatedConnection.write(bytes, to: connection.client, within: limits.quiet) { drop(connection) }
    }

    func drop(_ connection: GatedConnection) {
        connection.close()
        instance(connection.instance).connections.removeAll { $0 === connection }
    }

    func make(
        _ kind: GatedMessage.Kind, _ instance: Int?, _ task: String, about subject: String, words: String,
        _ footprint: Footprint, _ payload: GatedMessage.Payload
    ) -> GatedMessage {
        let base = "\(task) \(kind.rawValue) \(subject)"
        run.labels[base, default: 0] += 1
        run.messageCount += 1
        let count = run.labels[base] ?? 1
        return GatedMessage(
            number: run.messageCount, kind: kind, instance: instance, task: task,
            label: count == 1 ? base : "\(base)#\(count)", words: words, footprint: footprint, payload: payload)
    }

    func add(
        _ kind: GatedMessage.Kind, _ instance: Int?, _ task: String, about subject: String, words: String,
        _ footprint: Footprint, _ payload: GatedMessage.Payload
    ) {
        run.loose.append(make(kind, instance, task, about: subject, words: words, footprint, payload))
    }

    static func text(_ key: String) -> String { "\"\(String(key.prefix(60)).printable)\"" }
}
