import Dispatch
import Scenarios
import Support

/// Explores several variants exhaustively, some at a time, and hands over what came of them in their order.
///
/// Each is explored on one thread, and nothing of it depends on the others: schedules, counts and order are the same whatever
/// the number of threads.
public final class CertificationQueue: Sendable {
    private let variants: [ScenarioVariant]
    private let configuration: @Sendable (ScenarioVariant) -> ScenarioCertifier.Configuration

    private struct State {
        var next = 0
        var isGivenUp = false
        /// By variant; `nil` of one that was not begun.
        var results: [Int: Result<ScenarioExploration, any Error>?] = [:]
    }

    private let state = Lock(State())
    private let arrivals = DispatchSemaphore(value: 0)

    /// - Parameter configuration: what is chosen for a variant.
    public init(
        _ variants: [ScenarioVariant],
        configuration: @escaping @Sendable (ScenarioVariant) -> ScenarioCertifier.Configuration
    ) {
        self.variants = variants
        self.configuration = configuration
    }

    /// Blocks until all are done; to be called once. A variant that was not begun when its configuration said to stop is left
    /// out.
    /// - Parameters:
    ///   - threads: how many are explored at a time.
    ///   - onResult: told of each, on the calling thread.
    /// - Throws: what `onResult` throws, and what ``ScenarioCertifier/certify(_:)`` does, in its turn; the others are stopped
    ///   then.
    public func run(threads: Int, onResult: (ScenarioExploration) throws -> Void) throws {
        let workers = OwnThreads.start(min(threads, variants.count)) { [self] in
            while let number = take() {
                let result = explore(variants[number])
                state.withLock { $0.results[number] = .some(result) }
                arrivals.signal()
            }
        }
        defer {
            state.withLock { $0.isGivenUp = true }
            workers.wait()
        }
        for number in variants.indices {
            if let result = result(of: number) { try onResult(result.get()) }
        }
    }

    private func take() -> Int? {
        state.withLock { state in
            guard state.next < variants.count else { return nil }
            defer { state.next += 1 }
            return state.next
        }
    }

    private func explore(_ variant: ScenarioVariant) -> Result<ScenarioExploration, any Error>? {
        var configuration = configuration(variant)
        let isStopped = configuration.isStopped
        configuration.isStopped = { [self] in isStopped() || state.withLock { $0.isGivenUp } }
        if configuration.isStopped() { return nil }
        return Result { try ScenarioCertifier(configuration).certify(variant) }
    }

    private func result(of number: Int) -> Result<ScenarioExploration, any Error>? {
        while true {
            if let result = state.withLock({ $0.results.removeValue(forKey: number) }) { return result }
            arrivals.wait()
        }
    }
}
