import Foundation
import History
import Processes
import Support

/// What becomes of an adapter that does something wrong, does not answer, or is to end.
extension AdapterProcess {
    /// Gives up on answers that do not come.
    func watch() async {
        while (try? await Task.sleep(for: .milliseconds(50))) != nil {
            let now = MonotonicClock.now()
            let given: [Question] = state.withLock { state in
                let late = state.questions.filter { $0.value.deadline <= now }
                for id in late.keys {
                    state.questions[id] = nil
                    state.overdue.insert(id)
                    state.unanswered += 1
                }
                return Array(late.values)
            }
            for question in given {
                let limit = Duration.nanoseconds(question.deadline - question.sent)
                question.continuation.resume(throwing: fault(.noAnswer(question.operation, limit)))
            }
            lookAtInput(at: now)
        }
    }

    /// Whoever lives on without its standard input would hear of no request.
    private func lookAtInput(at now: Int64) {
        let isDeaf = state.withLock { state in
            guard let closed = state.inputClosed, now - closed > Self.timeToEnd, !state.isEndWanted, !state.isReaped,
                let identifier = state.identifier
            else { return false }
            // A process that is ending closes everything, and that need not be seen at once.
            var information = siginfo_t()
            let result = waitid(P_PID, id_t(identifier), &information, WEXITED | WNOHANG | WNOWAIT)
            return result == 0 && information.si_signo == 0
        }
        if isDeaf { note(.inputClosed, line: nil, excerpt: []) }
    }

    /// Nanoseconds between the end of a process's input and that of the process.
    private static let timeToEnd: Int64 = 500_000_000

    /// Keeps the first thing that went wrong, and ends the process.
    func note(_ reason: AdapterError.Reason, line: Int?, excerpt: ArraySlice<UInt8>) {
        state.withLock { state in
            if state.error == nil {
                state.error = fault(
                    reason, in: state, line: line, excerpt: line == nil ? nil : self.excerpt(of: excerpt))
            }
        }
        signal(SIGKILL)
    }

    func fault(_ reason: AdapterError.Reason) -> AdapterError { state.withLock { fault(reason, in: $0) } }

    func fault(
        _ reason: AdapterError.Reason, in state: State, line: Int? = nil, excerpt: String? = nil
    ) -> AdapterError {
        AdapterError(
            instance: configuration.instance, line: line, reason: secrets.hidden(in: reason), excerpt: excerpt,
            standardError: errorText(state))
    }

    func ended(_ how: String) {
        let (questions, error): ([Question], AdapterError) = state.withLock { state in
            state.hasEnded = true
            let error = state.error ?? fault(.ended(how), in: state)
            if !state.isEndWanted { state.error = error }
            defer { state.questions = [:] }
            return (Array(state.questions.values), error)
        }
        if let identifier = state.withLock({ $0.identifier }) { configuration.onEnd(identifier) }
        for question in questions { question.continuation.resume(throwing: error) }
    }

    /// An answer that does not fit its request, as an error of this process.
    package func wrongAnswer(_ operation: AdapterOperation, _ what: String) -> AdapterError {
        fault(.wrongAnswer(operation, what))
    }

    /// Sends a signal to the process and to all that it has started.
    package func signal(_ number: Int32) {
        // While it has not been waited for, its number is nobody else's.
        state.withLock { state in
            if number == SIGKILL { state.isEndWanted = state.isEndWanted || state.error != nil }
            guard !state.isReaped, let identifier = state.identifier else { return }
            _ = Foundation.kill(-identifier, number)
            // It may have joined another group.
            _ = Foundation.kill(identifier, number)
        }
    }

    /// Kills it where it stands; returns when it is gone.
    package func kill() async {
        state.withLock { $0.isEndWanted = true }
        signal(SIGKILL)
        bell.finish()
        await running.withLock { $0 }?.value
    }

    /// Has it and all that it has started stand still.
    package func pause() {
        signal(SIGSTOP)
        MarkedProcesses.signal(SIGSTOP, mark)
    }

    /// Has them go on.
    package func resume() {
        signal(SIGCONT)
        MarkedProcesses.signal(SIGCONT, mark)
    }

    /// Has it leave in order; returns when it is gone.
    /// - Returns: what it did wrong meanwhile, if anything.
    package func stop() async -> AdapterError? {
        resume()
        var trouble: AdapterError?
        do {
            _ = try await ask(.shutdown)
        } catch {
            trouble = error as? AdapterError
        }
        state.withLock { $0.isEndWanted = true }
        bell.finish()
        let limit = configuration.endLimit
        let killing = Task { [self] in
            try await Task.sleep(for: limit)
            state.withLock { state in
                if state.error == nil, !state.hasEnded {
                    state.error = fault(
                        .ended("did not end within \(limit) of the end of its standard input"), in: state)
                }
            }
            signal(SIGKILL)
        }
        await running.withLock { $0 }?.value
        killing.cancel()
        return error ?? trouble
    }

    // MARK: Text

    private func excerpt(of line: ArraySlice<UInt8>) -> String {
        // A text to be hidden that begins in what is shown is whole in what is looked at.
        let bytes = line.prefix(Self.longestExcerpt + secrets.longest)
        let whole = secrets.hidden(in: String(decoding: bytes, as: UTF8.self))
        let text = String(whole.prefix(Self.longestExcerpt)).printable
        return line.count > Self.longestExcerpt ? text + "…" : text
    }

    private static let longestExcerpt = 120

    func errorText(_ state: State) -> String {
        var text = secrets.hidden(in: String(decoding: state.standardError, as: UTF8.self))
        // What is left of a text to be hidden whose beginning is gone.
        if state.isErrorCut { text.removeFirst(min(text.count, secrets.longest)) }
        let lines = text.split(whereSeparator: \.isNewline).suffix(3)
        return lines.map { String($0).printable }.joined(separator: " | ")
    }
}
