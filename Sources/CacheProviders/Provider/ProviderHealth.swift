public import CoreMetrics
public import History
public import Logging
import Support

/// The state of a provider.
public enum ProviderState: Sendable, Hashable, CustomStringConvertible {
    /// All layers work.
    case serving
    /// Redis does not answer. Reads are served from memory and storage, writes go on.
    case degraded(reason: String)

    /// "serving", or "degraded" with the reason.
    public var description: String {
        switch self {
        case .serving: "serving"
        case .degraded(let reason): "degraded: \(reason)"
        }
    }
}

/// Tracks whether the Redis of a provider answers. It reports this to the log and to metrics. While Redis does not
/// answer, it sends probes, so that it also notices the return without reads.
///
/// | metric | |
/// | --- | --- |
/// | `cache_provider_degraded` | 1 while Redis does not answer, else 0 |
/// | `cache_provider_degradations_total` | the number of times that Redis stopped answering |
///
/// Both have the dimension `provider`.
public final class ProviderHealth: Sendable {
    private struct State {
        var state = ProviderState.serving
        var probing: Task<Void, Never>?
        var isClosed = false
        var observers: [@Sendable (ProviderState) -> Void] = []
    }

    private let state = Lock(State())
    private let logger: Logger
    private let gauge: Gauge
    private let degradations: Counter
    /// The interval of the probes. The breaker keeps most of them from the server.
    private let probeInterval = Duration.milliseconds(50)

    /// - Parameter metrics: the receiver of the metrics. Default: the system of the process.
    public init(
        _ kind: ProviderKind, logger: Logger = Logger(label: "cache-provider"),
        metrics: any MetricsFactory = MetricsSystem.factory
    ) {
        self.logger = logger
        let dimensions = [("provider", kind.rawValue)]
        gauge = Gauge(label: "cache_provider_degraded", dimensions: dimensions, factory: metrics)
        degradations = Counter(
            label: "cache_provider_degradations_total", dimensions: dimensions, factory: metrics)
        gauge.record(0)
        // The series exists before the first change.
        degradations.increment(by: 0)
    }

    /// The current state.
    public var current: ProviderState { state.withLock { $0.state } }

    /// Adds an observer, which gets every later change in order. It must return quickly, because it delays other
    /// callers.
    public func onChange(_ observer: @escaping @Sendable (ProviderState) -> Void) {
        state.withLock { $0.observers.append(observer) }
    }

    func redisAnswered() {
        state.withLock { state in
            guard state.state != .serving else { return }
            state.probing?.cancel()
            state.probing = nil
            change(&state, to: .serving)
        }
    }

    /// - Parameter probe: throws an error if the server does not answer.
    func redisFailed(_ error: any Error, probe: @escaping @Sendable () async throws -> Void) {
        state.withLock { state in
            guard state.state == .serving, !state.isClosed else { return }
            change(&state, to: .degraded(reason: "\(error)"))
            state.probing = Task(name: "is Redis back") { [weak self, probeInterval] in
                while !Task.isCancelled {
                    do { try await Task.sleep(for: probeInterval) } catch { return }
                    guard let self else { return }
                    if (try? await probe()) != nil { return self.redisAnswered() }
                }
            }
        }
    }

    func close() {
        state.withLock { state in
            state.isClosed = true
            state.probing?.cancel()
            state.probing = nil
        }
    }

    /// Changes the state. Called under the lock, which keeps the order of two changes.
    private func change(_ state: inout State, to new: ProviderState) {
        state.state = new
        switch new {
        case .serving:
            gauge.record(0)
            logger.notice("Redis answers again; all layers serve")
        case .degraded(let reason):
            gauge.record(1)
            degradations.increment()
            logger.warning("Redis does not answer; memory and storage serve", metadata: ["reason": "\(reason)"])
        }
        for observer in state.observers { observer(new) }
    }
}
