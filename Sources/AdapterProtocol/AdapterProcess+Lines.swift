import Foundation
import Support

/// What an adapter says, line by line.
extension AdapterProcess {
    func hear(_ bytes: ArraySlice<UInt8>, _ number: Int) {
        let received = MonotonicClock.now()
        guard error == nil else { return }
        do throws(AdapterError.Reason) {
            switch try AdapterLine(bytes) {
            case .answer(let answer): try hear(answer, at: received, line: number, bytes)
            case .ask(let ask): try hear(ask, at: received)
            case .log(let level, let text): onLog(secrets.hidden(in: level), secrets.hidden(in: text))
            }
        } catch {
            note(error, line: number, excerpt: bytes)
        }
    }

    private func hear(
        _ answer: AdapterAnswer, at received: Int64, line: Int, _ bytes: ArraySlice<UInt8>
    ) throws(AdapterError.Reason) {
        let found: Result<Question?, AdapterError.Reason> = state.withLock { state in
            if let question = state.questions.removeValue(forKey: answer.id) {
                state.use.count(answer.outcome, to: question.operation)
                if let interval = answer.interval { state.use.time(interval, within: question.sent...received) }
                return .success(question)
            }
            if state.overdue.remove(answer.id) != nil {
                state.lateAnswers += 1
                return .success(nil)
            }
            return .failure(
                (1...max(1, state.lastID)).contains(answer.id) && state.lastID > 0
                    ? .answeredTwice(answer.id) : .unknownRequest(answer.id))
        }
        guard let question = try found.get() else { return }
        let runner = question.sent...received
        if let stamps = answer.interval, stamps.lowerBound < runner.lowerBound || stamps.upperBound > runner.upperBound
        {
            let reason = AdapterError.Reason.stampsOutside(question.operation, stamps: stamps, runner: runner)
            note(reason, line: line, excerpt: bytes)
            return question.continuation.resume(throwing: error ?? fault(reason))
        }
        let outcome = secrets.hidden(in: answer.outcome)
        question.continuation.resume(returning: Reply(outcome: outcome, interval: answer.interval ?? runner))
    }

    private func hear(_ ask: AdapterAsk, at received: Int64) throws(AdapterError.Reason) {
        if let start = ask.start, start > received || start < begin {
            throw .questionOutside(stamp: start, runner: begin...received)
        }
        let most = configuration.mostQuestions
        let (isNew, open) = state.withLock { state in
            (state.openAsks.insert(ask.number).inserted, state.openAsks.count + state.untakenAnswers)
        }
        guard isNew else { throw .askedTwice(ask.number) }
        guard open <= most else { throw .tooManyQuestions(limit: most) }
        Task {
            let outcome = await origin(ask)
            let line = (try? Self.encoder.encode(OriginAnswer(ask: ask.number, outcome: outcome))) ?? Data()
            state.withLock { state in
                state.openAsks.remove(ask.number)
                state.untakenAnswers += 1
                state.unsentAnswers += 1
                state.unsent += line
                state.unsent.append(UInt8(ascii: "\n"))
            }
            bell.yield()
        }
    }
}

extension AdapterProcess.Use {
    /// Adds the time of an operation by the adapter's stamps, and by the runner's.
    mutating func time(_ stamps: ClosedRange<Int64>, within runner: ClosedRange<Int64>) {
        timeUnderWay += Double(runner.upperBound) - Double(runner.lowerBound)
        timeInCache += Double(stamps.upperBound) - Double(stamps.lowerBound)
    }

    package mutating func count(_ outcome: AdapterAnswer.Outcome, to operation: AdapterOperation) {
        guard case .ok(let result) = outcome else { return }
        switch operation {
        case .initialise, .quiesce, .reset, .shutdown: break
        default: answers += 1
        }
        if let layer = result.layer { layers.insert(layer) }
        layers.formUnion(result.description?.layers ?? [])
        // Their number is the adapter's.
        if layers.count > 100 { layers = layers.filter { $0 == "redis" } }
    }
}
