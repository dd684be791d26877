import AdapterProtocol
import CacheHierarchy
import Foundation
import Support

/// Serves a cache that is part of this process as an adapter: it is asked on standard input and answers on standard
/// output, as every cache under test in a process of its own.
///
/// Whatever else is printed goes to standard error.
package final class AdapterServer: Sendable {
    private struct State {
        var cache: (any LocalCache)?
        var first: AdapterStart?
        var lastAsk: Int64 = 0
        var asked: [Int64: CheckedContinuation<OriginAnswer.Outcome, Never>] = [:]
    }

    private let subject: LocalSubject
    /// The protocol has it for itself.
    private let output: Int32
    private let clock = HostClock()
    private let state = Lock(State())
    private let writing = Lock(())

    package init(_ subject: LocalSubject) {
        self.subject = subject
        output = dup(1)
        _ = dup2(2, 1)
    }

    /// Answers requests until standard input ends, which ends the process.
    package func run() async -> Never {
        let (lines, bell) = AsyncStream.makeStream(of: [UInt8].self)
        let thread = Thread {
            while let line = readLine(strippingNewline: true) { bell.yield(Array(line.utf8)) }
            // Nobody listens any more. What still waits for something does not keep the process.
            exit(0)
        }
        thread.start()
        for await line in lines { hear(line) }
        exit(0)
    }

    private func hear(_ line: [UInt8]) {
        guard let said = try? RunnerLine(line) else {
            FileHandle.standardError.write(Data("a request is not understood\n".utf8))
            exit(1)
        }
        switch said {
        case .origin(let ask, let outcome):
            let waiting: CheckedContinuation<OriginAnswer.Outcome, Never>? = state.withLock { state in
                state.asked.removeValue(forKey: ask)
            }
            waiting?.resume(returning: outcome)
        case .request(let request): Task { [self] in await answer(request) }
        }
    }

    private func answer(_ request: AdapterRequest) async {
        let start = clock.now()
        let outcome: AdapterAnswer.Outcome = await LocalSurroundings.$worker.withValue(request.worker) {
            await self.outcome(of: request)
        }
        say(SaidLine(answering: request.id, outcome, during: start...clock.now()))
    }

    private func outcome(of request: AdapterRequest) async -> AdapterAnswer.Outcome {
        do {
            switch request.operation {
            case .initialise:
                guard let start = request.start else { return .failed("the first request says nothing") }
                state.withLock { $0.first = start }
                return .ok(try await begin(start))
            case .reset:
                guard var start = state.withLock({ $0.first }) else { return .failed("the cache was never started") }
                if let cache = state.withLock({ $0.cache }) {
                    _ = await cache.perform(AdapterRequest(id: 0, .shutdown))
                }
                start.namespace = request.namespace ?? ""
                _ = try await begin(start)
                return .ok(AdapterResult())
            default:
                guard let cache = state.withLock({ $0.cache }) else { return .failed("the cache was never started") }
                return await cache.perform(request)
            }
        } catch {
            return .failed("\(error)")
        }
    }

    private func begin(_ start: AdapterStart) async throws -> AdapterResult {
        let surroundings = LocalSurroundings(
            start: start, isLive: true, clock: clock, shared: LocalShared(), origin: { [self] in await ask($0) })
        let cache = try await subject.start(surroundings)
        state.withLock { $0.cache = cache }
        var result = AdapterResult()
        var description = cache.description
        description.operations.insert(.reset)
        result.description = description
        return result
    }

    private func ask(_ ask: AdapterAsk) async -> OriginAnswer.Outcome {
        await withCheckedContinuation { continuation in
            var ask = ask
            ask.number = state.withLock { state in
                state.lastAsk += 1
                state.asked[state.lastAsk] = continuation
                return state.lastAsk
            }
            ask.start = clock.now()
            say(SaidLine(ask))
        }
    }

    private func say(_ line: SaidLine) {
        // It is made of strings and numbers: it can always be encoded.
        guard var bytes = try? Self.encoder.encode(line) else { return }
        bytes.append(UInt8(ascii: "\n"))
        writing.withLock { _ in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { write(output, $0.baseAddress, $0.count) }
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { exit(0) }
                rest = rest.dropFirst(count)
            }
        }
    }

    private static let encoder: JSONEncoder = {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        return encoder
    }()
}
