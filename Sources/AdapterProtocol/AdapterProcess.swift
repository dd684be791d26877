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
        /// The most questions that the adapter may have open.
        package var mostQuestions = 10_000
        /// The beginning of what the environment of the process says, by which all that it has started is found.
        /// Whoever is to end it when this process is gone knows it.
        package var mark = "coherence-\(ProcessInfo.processInfo.processIdentifier)"
        /// What no text of the adapter may bring into a report, such as a password.
        package var secrets: [String] = []

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
        /// Answers to questions that the adapter has not taken yet.
        var untakenAnswers = 0
        var unsent: [UInt8] = []
        /// How many of those answers are in ``unsent``.
        var unsentAnswers = 0
        /// When a write found the adapter's standard input closed.
        var inputClosed: Int64?
        var error: AdapterError?
        var isEndWanted = false
        /// Whether its number may be another process's.
        var isReaped = false
        var hasEnded = false
        var standardError: [UInt8] = []
        var isErrorCut = false
        var lateAnswers = 0
        var unanswered = 0
        var use = Use()
    }

    /// What the process has been used for.
    package struct Use: Sendable, Equatable {
        /// Requests for the cache's data that succeeded.
        package var answers = 0
        /// Layers that its description or an answer named.
        package var layers: Set<String> = []
        /// How long stamped operations were under way, in nanoseconds, and how much of that was in the cache.
        package var timeUnderWay = 0.0
        package var timeInCache = 0.0
    }

    package let configuration: Configuration
    /// What its environment and that of all that it starts says; nobody else's does.
    let mark: String
    let secrets: HiddenTexts
    let origin: @Sendable (AdapterAsk) async -> OriginAnswer.Outcome
    let onLog: @Sendable (_ level: String, _ text: String) -> Void
    let state = Lock(State())
    let bell: AsyncStream<Void>.Continuation
    private let rung: AsyncStream<Void>
    let running = Lock<Task<Void, Never>?>(nil)
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
        mark = "\(configuration.mark)/\(UInt64.random(in: 0...UInt64.max))"
        secrets = HiddenTexts(configuration.secrets)
        self.origin = origin
        self.onLog = onLog
        (rung, bell) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// What the adapter did wrong first; `nil` if nothing yet.
    package var error: AdapterError? { state.withLock { $0.error } }
    /// Answers that came after their limit.
    package var lateAnswers: Int { state.withLock { $0.lateAnswers } }
    /// Requests whose answers did not come within their limit.
    package var unanswered: Int { state.withLock { $0.unanswered } }
    package var identifier: pid_t? { state.withLock { $0.isReaped ? nil : $0.identifier } }
    /// The last lines of its standard error, made printable.
    package var standardError: String { state.withLock { errorText($0) } }
    package var use: Use { state.withLock { $0.use } }

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
            // Also where it has not been started yet.
            state.withLock { $0.isEndWanted = true }
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
        let given = configuration.environment.merging([MarkedProcesses.variable: mark]) { _, mark in mark }
        let environment = Dictionary(
            uniqueKeysWithValues: given.map { (Environment.Key(stringLiteral: $0.key), $0.value) })
        let watching = Task { await watch() }
        let how: String
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
            how = result.terminationStatus.words
        } catch {
            how = "could not be run: \(error)"
        }
        state.withLock { $0.isReaped = true }
        // What has left its group.
        await MarkedProcesses.end(mark)
        ended(how)
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
            let (bytes, answers) = state.withLock { state in
                defer {
                    state.unsent = []
                    state.unsentAnswers = 0
                }
                return (state.unsent, state.unsentAnswers)
            }
            guard !bytes.isEmpty else { continue }
            do {
                _ = try await writer.write(bytes)
            } catch {
                // Perhaps it is just ending: who looks after it will see.
                state.withLock { $0.inputClosed = MonotonicClock.now() }
                break
            }
            state.withLock { $0.untakenAnswers -= answers }
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
                    let most = Self.mostErrorBytes + secrets.longest
                    state.withLock { state in
                        state.standardError += bytes.suffix(most)
                        let excess = state.standardError.count - most
                        state.isErrorCut = state.isErrorCut || excess > 0 || bytes.count > most
                        if excess > 0 { state.standardError.removeFirst(excess) }
                    }
                }
            }
        } catch {}
    }

    private static let mostErrorBytes = 2_000
}
