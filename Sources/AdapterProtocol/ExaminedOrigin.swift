import History
import Support

/// The system of record of an examination: what was asked of it, and failures on demand.
final class ExaminedOrigin: Sendable {
    private struct State {
        var values: [String: String] = [:]
        var tags: [String: [String]] = [:]
        var loads: [String: Int] = [:]
        var commits: [String: [String?]] = [:]
        var failure: String?
    }

    private let state = Lock(State())

    func answer(_ ask: AdapterAsk) -> OriginAnswer.Outcome {
        state.withLock { state in
            if let failure = state.failure { return .failed(failure) }
            switch ask.question {
            case .load:
                state.loads[ask.key, default: 0] += 1
                return .loaded(state.values[ask.key], tags: state.tags[ask.key] ?? [])
            case .commit(let value):
                state.commits[ask.key, default: []].append(value)
                state.values[ask.key] = value
                return .committed()
            }
        }
    }

    /// Puts a value where nothing has been asked yet.
    func seed(_ key: String, _ value: String, tags: [String] = []) {
        state.withLock { state in
            state.values[key] = value
            state.tags[key] = tags
        }
    }

    func loads(of key: String) -> Int { state.withLock { $0.loads[key] ?? 0 } }
    func commits(of key: String) -> [String?] { state.withLock { $0.commits[key] ?? [] } }

    /// From now on everything is refused for this reason; `nil`, and nothing is.
    func fail(_ reason: String?) { state.withLock { $0.failure = reason } }
}

/// What an adapter logs while it is examined: its first lines.
final class ExaminedLogs: Sendable {
    private let state = Lock<(first: [String], more: Int)>(([], 0))
    private static let mostLines = 20

    func add(_ level: String, _ text: String) {
        let line = "\(level): \(text)".prefix(300).description.printable
        state.withLock { state in
            if state.first.count < Self.mostLines { state.first.append(line) } else { state.more += 1 }
        }
    }

    /// The first lines, and how many came after them.
    var lines: ([String], Int) { state.withLock { ($0.first, $0.more) } }
}
