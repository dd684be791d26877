import ArgumentParser
import CoreMetrics
import PrometheusMetrics
import Reporting

/// The figures of a command, served for as long as it goes on.
struct MetricsPage<Metrics: Sendable>: Sendable {
    let metrics: Metrics
    private let endpoint: MetricsEndpoint

    /// - Parameters:
    ///   - help: the metrics' names, and what they mean.
    ///   - makeMetrics: given where the metrics go.
    /// - Returns: `nil` without an address.
    /// - Throws: an exit code, after saying why it cannot be listened there.
    static func open(
        at address: ListeningAddress?, help: [(name: String, meaning: String)],
        _ makeMetrics: (any MetricsFactory) -> Metrics
    ) async throws -> MetricsPage? {
        guard let address else { return nil }
        let registry = PrometheusRegistry()
        for (name, meaning) in help { registry.describe(name, meaning) }
        do {
            let endpoint = try await MetricsEndpoint.start(registry, at: address)
            Console.error("metrics: http://\(endpoint.address)/metrics")
            return MetricsPage(metrics: makeMetrics(registry), endpoint: endpoint)
        } catch {
            Console.failure(error)
            throw ArgumentParser.ExitCode(Reporting.ExitCode.unknown.rawValue)
        }
    }

    func close() async { await endpoint.close() }
}

extension ListeningAddress: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}
