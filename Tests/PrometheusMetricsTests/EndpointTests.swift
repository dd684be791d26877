import Foundation
import Metrics
import PrometheusMetrics
import Testing

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

@Suite("The endpoint", .timeLimit(.minutes(10)))
struct EndpointTests {
    private func get(_ path: String, from address: ListeningAddress) async throws -> (
        status: Int, body: String, type: String?
    ) {
        let url = try #require(URL(string: "http://\(address)\(path)"))
        let (data, response) = try await URLSession.shared.data(from: url)
        let answer = try #require(response as? HTTPURLResponse)
        return (
            answer.statusCode, String(decoding: data, as: UTF8.self), answer.value(forHTTPHeaderField: "Content-Type")
        )
    }

    @Test("It serves the current counts and nothing else, and frees its port")
    func serving() async throws {
        let registry = PrometheusRegistry()
        let counter = Counter(label: "asked", factory: registry)
        let endpoint = try await MetricsEndpoint.start(registry, at: #require(ListeningAddress("127.0.0.1:0")))
        #expect(endpoint.address.port != 0)
        for number in 1...3 {
            counter.increment()
            let answer = try await get("/metrics", from: endpoint.address)
            #expect(answer.status == 200, "request \(number)")
            #expect(answer.type == "text/plain; version=0.0.4; charset=utf-8", "request \(number)")
            #expect(answer.body == "# TYPE asked counter\nasked \(number)\n")
        }
        #expect(try await get("/else", from: endpoint.address).status == 404)
        await endpoint.close()
        await #expect(throws: (any Error).self) { try await get("/metrics", from: endpoint.address) }
        let again = try await MetricsEndpoint.start(registry, at: endpoint.address)
        #expect(again.address == endpoint.address)
        await again.close()
    }

    @Test("The error for a port in use names the port")
    func taken() async throws {
        let registry = PrometheusRegistry()
        let first = try await MetricsEndpoint.start(registry, at: #require(ListeningAddress("0")))
        let error = await #expect(throws: MetricsEndpointError.self) {
            let second = try await MetricsEndpoint.start(registry, at: first.address)
            await second.close()
        }
        #expect(error?.description.contains("cannot serve metrics at \(first.address): ") == true)
        #expect(error?.description.lowercased().contains("in use") == true)
        await first.close()
    }

    @Test(
        "Addresses",
        arguments: [
            ("9464", "127.0.0.1:9464"), ("127.0.0.1:9464", "127.0.0.1:9464"), ("localhost:80", "127.0.0.1:80"),
            ("0.0.0.0:0", "0.0.0.0:0"), ("[::1]:9464", "[::1]:9464"), ("", nil), (":9464", nil), ("::1:9464", nil),
            ("127.0.0.1", nil), ("127.0.0.1:66000", nil), ("example:80", nil), ("[127.0.0.1]:80", nil),
            ("1.2.3:80", nil),
        ] as [(String, String?)])
    func addresses(text: String, canonical: String?) {
        #expect(ListeningAddress(text)?.description == canonical)
    }
}
