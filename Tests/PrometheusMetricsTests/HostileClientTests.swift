import Foundation
import TestSupport
import Testing

@testable import PrometheusMetrics

@Suite("Hostile and slow clients", .timeLimit(.minutes(10)))
struct HostileClientTests {
    private static let request = "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n"

    /// Limits that a test does not reach unless it changes them.
    private static func limits(_ change: (inout EndpointLimits) -> Void = { _ in }) -> EndpointLimits {
        var limits = EndpointLimits()
        limits.requestTime = .seconds(3600)
        limits.answerTime = .seconds(3600)
        change(&limits)
        return limits
    }

    private static func start(
        _ limits: EndpointLimits, page: @escaping @Sendable () -> String = { "figures\n" }
    ) throws -> MetricsEndpoint {
        try MetricsEndpoint.start(at: #require(ListeningAddress("127.0.0.1:0")), limits: limits, page: page)
    }

    private static func asked(_ endpoint: MetricsEndpoint, _ request: String = request) async -> String {
        let port = endpoint.address.port
        return await onThread {
            guard let client = PageClient(port: port) else { return "no connection" }
            client.send(request)
            return client.receiveAll()
        }
    }

    private static func isScraped(_ endpoint: MetricsEndpoint) async -> Bool {
        let answer = await asked(endpoint)
        return answer.hasPrefix("HTTP/1.1 200 OK\r\n") && answer.hasSuffix("\r\n\r\nfigures\n")
    }

    @Test(
        "A long line of a header, a long request line and many lines are refused, and the next scrape is answered",
        arguments: [
            ("GET /metrics HTTP/1.1\r\nX: ", "a", 431), ("GET /", "a", 431),
            ("GET /metrics HTTP/1.1\r\n", "a: b\r\n", 431),
            ("", "\u{0}", 431), ("", "\n", 400),
        ])
    func long(beginning: String, repeated: String, status: Int) async throws {
        let endpoint = try Self.start(Self.limits())
        let answer = await Self.asked(endpoint, beginning + String(repeating: repeated, count: 1 << 20))
        #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer)")
        #expect(await Self.isScraped(endpoint))
        await endpoint.close()
    }

    @Test("A client that sends its request slowly gets status 408, and other clients get the page")
    func slow() async throws {
        let endpoint = try Self.start(Self.limits { $0.requestTime = .milliseconds(500) })
        let port = endpoint.address.port
        async let slow = onThread {
            guard let client = PageClient(port: port) else { return "no connection" }
            for byte in Self.request.dropLast() {
                if client.isAnswered { break }
                client.send(String(byte))
                Thread.sleep(forTimeInterval: 0.05)
            }
            return client.receiveAll()
        }
        // On a busy machine this client may be too slow as well.
        try await eventually("a scrape is answered") { await Self.isScraped(endpoint) }
        #expect(await slow.hasPrefix("HTTP/1.1 408 "))
        await endpoint.close()
    }

    @Test("A client that sends nothing gets status 408")
    func silent() async throws {
        let endpoint = try Self.start(Self.limits { $0.requestTime = .milliseconds(100) })
        #expect(await Self.asked(endpoint, "").hasPrefix("HTTP/1.1 408 "))
        await endpoint.close()
    }

    @Test("A client that does not read its answer loses it, and other clients get the page")
    func unread() async throws {
        let page = String(repeating: "figures\n", count: 4 << 20)
        let endpoint = try Self.start(Self.limits { $0.answerTime = .milliseconds(300) }) { page }
        let port = endpoint.address.port
        let client = try #require(await onThread { PageClient(port: port) })
        client.send(Self.request)
        try await eventually("the answer begins") { client.isAnswered }
        // A client that connects later gets its short answer before the first one is closed.
        try await eventually("the answer is cut") {
            #expect(await Self.asked(endpoint, "GET / HTTP/1.1\r\n\r\n").hasPrefix("HTTP/1.1 404 "))
            return endpoint.openConnections == 0
        }
        let received = await onThread { client.receiveAll() }
        #expect(received.utf8.count < page.utf8.count)
        await endpoint.close()
    }

    @Test("A thousand idle clients do not keep others from the page")
    func thousand() async throws {
        try Self.allowDescriptors(4096)
        let endpoint = try Self.start(Self.limits())
        let port = endpoint.address.port
        let clients = await onThread { (0..<1000).map { _ in PageClient(port: port) } }
        #expect(clients.allSatisfy { $0 != nil })
        #expect(await Self.isScraped(endpoint))
        let limit = EndpointLimits().connections
        try await eventually("all but \(limit) were closed") {
            clients.count { $0?.isAnswered == false } <= limit
        }
        #expect(clients.count { $0?.isAnswered == false } > 0)
        #expect(endpoint.openConnections <= limit)
        await endpoint.close()
        try await eventually("the remaining clients were closed") { clients.allSatisfy { $0?.isAnswered != false } }
    }

    @Test("A hundred simultaneous clients all get the page")
    func many() async throws {
        let endpoint = try Self.start(Self.limits { $0.connections = 200 })
        let answered = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<100 { group.addTask { await Self.isScraped(endpoint) } }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(answered == 100)
        await endpoint.close()
    }

    @Test("A second request on a connection gets no answer and does not destroy the first answer")
    func pipelined() async throws {
        let endpoint = try Self.start(Self.limits())
        let answer = await Self.asked(endpoint, String(repeating: Self.request, count: 1000))
        #expect(answer.split(separator: "HTTP/1.1 ").count == 1)
        #expect(answer.hasSuffix("\r\n\r\nfigures\n"))
        await endpoint.close()
    }

    @Test("The endpoint closes whatever its clients do, also in a cancelled task, and more than once")
    func closing() async throws {
        let endpoint = try Self.start(Self.limits())
        let port = endpoint.address.port
        let clients = await onThread { (0..<10).compactMap { _ in PageClient(port: port) } }
        try await eventually("the clients are accepted") { endpoint.openConnections == 10 }
        for client in clients { client.send("GET /metrics HTTP/1.1\r\n") }
        let closing = Task { await endpoint.close() }
        closing.cancel()
        await closing.value
        let again = try MetricsEndpoint.start(at: endpoint.address, limits: Self.limits()) { "figures\n" }
        #expect(await Self.isScraped(again))
        await endpoint.close()
        await again.close()
    }

    private static func allowDescriptors(_ count: rlim_t) throws {
        #if canImport(Glibc)
            let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #else
            let resource = RLIMIT_NOFILE
        #endif
        var limit = rlimit()
        try #require(getrlimit(resource, &limit) == 0)
        guard limit.rlim_cur < count else { return }
        limit.rlim_cur = min(count, limit.rlim_max)
        try #require(setrlimit(resource, &limit) == 0)
    }
}
