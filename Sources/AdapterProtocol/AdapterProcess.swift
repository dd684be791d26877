import Foundation
import History
import Processes
import Subprocess
import Support
import SystemPackage

/// One instance of the cache under test: a process that is asked on its standard input and answers on its standard
/// output.
///
/// The first thing that an adapter does wrong ends its process: what it recorded after that could mislead. Each wait
/// has a limit.
package final class AdapterProcess: Sendable {
    package struct Configuration: Sendable {
        /// Counted from 0.
        package var instance = 0
        /// A command of the shell.
        package var command: String
        /// Added to the environment of the runner.
        package var environment: [String: String] = [:]
        /// Where the command runs; `nil` for the folder of the runner.
        package var folder: String?
        /// Told the number of the process when it has started, and when it has ended.
        package var onStart: @Sendable (pid_t) -> Void = { _ in }
        package var onEnd: @Sendable (pid_t) -> Void = { _ in }
        /// How long an answer may take before its outcome is unknown.
        package var answerLimit: Duration = .seconds(10)
        /// How long the first answer may take: a runtime has to start.
        package var startLimit: Duration = .seconds(30)
        /// How long the process may take to end when its input has ended.
        package var endLimit: Duration = .seconds(5)
        /// The most bytes in a line.
        package var longestLine = 4 << 20

        package init(command: String) { self.command = command }
    }

    /// An answer, and between which two moments on the monotonic clock the request was under way.
    package struct Reply: Sendable {
        package var outcome: AdapterAnswer.Outcome
        /// By the adapter's stamps; without any, from the request to the answer. Nanoseconds.
        package var interval: ClosedRange<Int64>
    }

    struct Question {
        let operation: AdapterOperation
        let sent: Int64
        let deadline: Int64
        let continuation: CheckedContinuation<Reply, any Error>
    }

    struct State {
        var identifier: pid_t?
        var lastID: Int64 = 0
        var questions: [Int64: Question] = [:]
        /// Requests whose answers came too late to count, or have not come.
        var overdue: Set<Int64> = []
        var openAsks: Set<Int64> = []
        var unsent: [UInt8] = []
        var error: AdapterError?
        var isEndWanted = false
        var hasEnded = false
        var standardError: [UInt8] = []
        var lateAnswers = 0
    }

    package let configuration: Configuration
    let origin: @Sendable (AdapterAsk) async -> OriginAnswer.Outcome
    let onLog: @Sendable (_ level: String, _ text: String) -> Void
    let state = Lock(State())
    let bell: AsyncStream<Void>.Continuation
    private let rung: AsyncStream<Void>
    private let running = Lock<Task<Void, Never>?>(nil)
    /// No stamp of the process is earlier.
    let begin = MonotonicClock.now()

    /// - Parameters:
    ///   - origin: answers what the adapter asks of the origin. It may be asked several things at a time.
    ///   - onLog: given what the adapter logs for people.
    package init(
        _ configuration: Configuration,
        onLog: @escaping @Sendable (_ level: String, _ text: String) -> Void = { _, _ in },
        origin: @escaping @Sendable (AdapterAsk) async -> OriginAnswer.Outcome
    ) {
        self.configuration = configuration
        self.origin = origin
        self.onLog = onLog
        (rung, bell) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// What the adapter did wrong first; `nil` if nothing yet.
    package var error: AdapterError? { state.withLock { $0.error } }
    /// Answers that came after their limit.
    package var lateAnswers: Int { state.withLock { $0.lateAnswers } }
    package var identifier: pid_t? { state.withLock { $0.hasEnded ? nil : $0.identifier } }
    /// The last lines of its standard error, made printable.
    package var standardError: String { state.withLock { Self.text(of: $0.standardError) } }

    // MARK: Requests

    /// Starts the process and makes the first request.
    /// - Throws: ``AdapterError``, with nothing left of the process.
    package func start(_ start: AdapterStart) async throws -> AdapterDescription {
        running.withLock { $0 = Task { [self] in await run() } }
        do {
            let reply = try await ask(.initialise, limit: configuration.startLimit) { $0.start = start }
            switch reply.outcome {
            case .ok(let result):
                guard let description = result.description else {
                    throw fault(.wrongAnswer(.initialise, "it has no \"name\" of the cache"))
                }
                guard description.protocolVersion == AdapterStart.version else {
                    throw fault(
                        .wrongAnswer(
                            .initialise,
                            "it speaks version \(description.protocolVersion) of the protocol, and the runner version "
                                + "\(AdapterStart.version)"))
                }
                return description
            case .failed(let why), .unknown(let why), .unsupported(let why):
                throw fault(.wrongAnswer(.initialise, "the cache could not be started: \(why.printable)"))
            }
        } catch {
            await kill()
            throw self.error ?? error
        }
    }

    /// Makes a request and waits for its answer, for ``Configuration/answerLimit`` at most.
    /// - Throws: ``AdapterError``. After ``AdapterError/Reason/noAnswer(_:_:)`` the process lives on, and the outcome
    ///   of the request is unknown.
    package nonisolated(nonsending) func ask(
        _ operation: AdapterOperation, worker: Int? = nil, limit: Duration? = nil,
        _ fill: (inout AdapterRequest) -> Void = { _ in }
    ) async throws -> Reply {
        var request = AdapterRequest(id: 0, operation, worker: worker)
        fill(&request)
        let limit = limit ?? configuration.answerLimit
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                send(request, limit: limit, continuation)
            }
        } onCancel: {
            signal(SIGKILL)
        }
    }

    private func send(
        _ request: AdapterRequest, limit: Duration, _ continuation: CheckedContinuation<Reply, any Error>
    ) {
        let refusal: AdapterError? = state.withLock { state in
            if let error = state.error { return error }
            if state.hasEnded { return fault(.ended("has ended"), in: state) }
            state.lastID += 1
            var request = request
            request.id = state.lastID
            // A request is made of strings and numbers: it can always be encoded.
            let line = (try? Self.encoder.encode(request)) ?? Data()
            let sent = MonotonicClock.now()
            state.questions[state.lastID] = Question(
                operation: request.operation, sent: sent,
                deadline: sent + Int64(min(limit, .seconds(86_400)) / .nanoseconds(1)), continuation: continuation)
            state.unsent += line
            state.unsent.append(UInt8(ascii: "\n"))
            return nil
        }
        if let refusal { return continuation.resume(throwing: refusal) }
        bell.yield()
    }

    static let encoder: JSONEncoder = {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        return encoder
    }()

    // MARK: The process

    private func run() async {
        // Of the whole process: whoever writes to one that has just died would die with it.
        Foundation.signal(SIGPIPE, SIG_IGN)
        var options = PlatformOptions()
        // A group of its own: Ctrl-C is for the runner, which ends all processes in order; and what the adapter starts
        // is in it.
        options.processGroupID = 0
        let environment = Dictionary(
            uniqueKeysWithValues: configuration.environment.map { (Environment.Key(stringLiteral: $0.key), $0.value) })
        let watching = Task { await watch() }
        do {
            let result = try await Subprocess.run(
                .path("/bin/sh"), arguments: ["-c", configuration.command],
                environment: .inherit.updating(environment),
                workingDirectory: configuration.folder.map { .init($0) }, platformOptions: options,
                input: .inputWriter, output: .sequence, error: .sequence
            ) { execution in
                started(execution.processIdentifier.value)
                await withTaskGroup(of: Void.self) { group in
                    group.addTask { await self.write(execution.standardInputWriter) }
                    group.addTask { await self.readErrors(execution.standardError) }
                    await read(execution.standardOutput)
                    // Whoever has closed its output cannot answer any more.
                    bell.finish()
                    signal(SIGKILL)
                }
            }
            ended(result.terminationStatus.words)
        } catch {
            ended("could not be run: \(error)")
        }
        watching.cancel()
    }

    private func started(_ identifier: pid_t) {
        let isTooLate = state.withLock { state in
            state.identifier = identifier
            return state.isEndWanted
        }
        configuration.onStart(identifier)
        if isTooLate { signal(SIGKILL) }
        bell.yield()
    }

    private func write(_ writer: StandardInputWriter) async {
        for await _ in rung {
            let bytes = state.withLock { state in
                defer { state.unsent = [] }
                return state.unsent
            }
            if !bytes.isEmpty, (try? await writer.write(bytes)) == nil { break }
        }
        try? await writer.finish()
    }

    private func read(_ output: SubprocessOutputSequence) async {
        var splitter = LineSplitter(longest: configuration.longestLine)
        do {
            for try await buffer in output {
                try buffer.withUnsafeBytes { bytes in
                    try splitter.take(bytes) { line, number in hear(line, number) }
                }
                if error != nil { return }
            }
        } catch is LineSplitter.TooLong {
            note(
                .lineTooLong(limit: configuration.longestLine), line: splitter.count + 1,
                excerpt: splitter.unfinished)
            return
        } catch {
            return
        }
        if !splitter.unfinished.isEmpty, state.withLock({ !$0.isEndWanted }) {
            note(.halfLine, line: splitter.count + 1, excerpt: splitter.unfinished)
        }
    }

    private func readErrors(_ output: SubprocessOutputSequence) async {
        do {
            for try await buffer in output {
                buffer.withUnsafeBytes { bytes in
                    state.withLock { state in
                        state.standardError += bytes.suffix(Self.mostErrorBytes)
                        let excess = state.standardError.count - Self.mostErrorBytes
                        if excess > 0 { state.standardError.removeFirst(excess) }
                    }
                }
            }
        } catch {}
    }

    private static let mostErrorBytes = 2_000

    // MARK: Limits and ends

    /// Gives up on answers that do not come.
    private func watch() async {
        while (try? await Task.sleep(for: .milliseconds(50))) != nil {
            let now = MonotonicClock.now()
            let given: [Question] = state.withLock { state in
                let late = state.questions.filter { $0.value.deadline <= now }
                for id in late.keys {
                    state.questions[id] = nil
                    state.overdue.insert(id)
                }
                return Array(late.values)
            }
            for question in given {
                let limit = Duration.nanoseconds(question.deadline - question.sent)
                question.continuation.resume(throwing: fault(.noAnswer(question.operation, limit)))
            }
        }
    }

    /// Keeps the first thing that went wrong, and ends the process.
    func note(_ reason: AdapterError.Reason, line: Int?, excerpt: ArraySlice<UInt8>) {
        state.withLock { state in
            if state.error == nil {
                state.error = fault(reason, in: state, line: line, excerpt: Self.excerpt(of: excerpt))
            }
        }
        signal(SIGKILL)
    }

    func fault(_ reason: AdapterError.Reason) -> AdapterError { state.withLock { fault(reason, in: $0) } }

    func fault(
        _ reason: AdapterError.Reason, in state: State, line: Int? = nil, excerpt: String? = nil
    ) -> AdapterError {
        AdapterError(
            instance: configuration.instance, line: line, reason: reason, excerpt: excerpt,
            standardError: Self.text(of: state.standardError))
    }

    private func ended(_ how: String) {
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
            if !state.hasEnded, let identifier = state.identifier { _ = Foundation.kill(-identifier, number) }
        }
    }

    /// Kills it where it stands; returns when it is gone.
    package func kill() async {
        state.withLock { $0.isEndWanted = true }
        signal(SIGKILL)
        bell.finish()
        await running.withLock { $0 }?.value
    }

    /// Has it leave in order; returns when it is gone.
    /// - Returns: what it did wrong meanwhile, if anything.
    package func stop() async -> AdapterError? {
        signal(SIGCONT)
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

    private static func excerpt(of line: ArraySlice<UInt8>) -> String {
        let text = String(decoding: line.prefix(120), as: UTF8.self).printable
        return line.count > 120 ? text + "…" : text
    }

    private static func text(of standardError: [UInt8]) -> String {
        let lines = String(decoding: standardError, as: UTF8.self).split(whereSeparator: \.isNewline).suffix(3)
        return lines.map { String($0).printable }.joined(separator: " | ")
    }
}
