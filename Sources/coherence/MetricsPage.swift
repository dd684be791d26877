import ArgumentParser
import PrometheusMetrics
import Reporting

/// The figures of a command's runs, served for as long as it goes on.
struct MetricsPage: Sendable {
    let metrics: RunMetrics
    private let endpoint: MetricsEndpoint

    /// - Returns: `nil` without an address.
    /// - Throws: an exit code, after saying why it cannot be listened there.
    static func open(at address: ListeningAddress?) async throws -> MetricsPage? {
        guard let address else { return nil }
        let registry = PrometheusRegistry()
        for (name, meaning) in RunMetrics.help { registry.describe(name, meaning) }
        do {
            let endpoint = try await MetricsEndpoint.start(registry, at: address)
            Console.error("metrics: http://\(endpoint.address)/metrics")
            return MetricsPage(metrics: RunMetrics(registry), endpoint: endpoint)
        } catch {
            Console.error("coherence: \(error)")
            throw ArgumentParser.ExitCode(Reporting.ExitCode.unknown.rawValue)
        }
    }

    func close() async { await endpoint.close() }
}

extension ListeningAddress: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}
