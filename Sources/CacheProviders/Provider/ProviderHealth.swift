public import CoreMetrics
public import History
public import Logging
import Support

/// Whether a provider has everything that it could have.
public enum ProviderState: Sendable, Hashable, CustomStringConvertible {
    /// All layers work.
    case serving
    /// Redis does not answer. Reads are served from memory and storage, writes go on.
    case degraded(reason: String)

    public var description: String {
        switch self {
        case .serving: "serving"
        case .degraded(let reason): "degraded: \(reason)"
        }
    }
}

/// Knows whether a provider's Redis answers, says so in the log and in a metric, and finds out when it is back, also if
/// nobody reads meanwhile.
///
/// | metric | |
/// | --- | --- |
/// | `cache_provider_degraded` | 1 while Redis does not answer, else 0 |
/// | `cache_provider_degradations_total` | how often it ceased to |
///
/// Both carry the `provider`.
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
    /// Between two questions whether it is back; the breaker keeps most of them from the server.
    private let probeInterval = Duration.milliseconds(50)

    /// - Parameter metrics: whom the metrics are told; the process's own system by default.
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

    public var current: ProviderState { state.withLock { $0.state } }

    /// From now on tells every change, in order, so quickly that it holds nobody up.
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

    /// - Parameter probe: asks the server whether it is there, by throwing if it is not.
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

    /// Under the lock: otherwise two changes could be told in the wrong order.
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
