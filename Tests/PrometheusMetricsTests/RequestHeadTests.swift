import Testing

@testable import PrometheusMetrics

@Suite("The head of a request")
struct RequestHeadTests {
    @Test(
        "It is read or refused",
        arguments: [
            ("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n", .complete(method: "GET", path: "/metrics")),
            ("GET /metrics HTTP/1.0\n\n", .complete(method: "GET", path: "/metrics")),
            ("HEAD /metrics?a=b?c HTTP/1.1\r\n\r\nrest", .complete(method: "HEAD", path: "/metrics")),
            ("GET / HTTP/1.1\r\na:\r\n\r\n", .complete(method: "GET", path: "/")),
            ("", .incomplete), ("GET", .incomplete), ("GET /metrics HTTP/1.1\r\nHost: a\r\n", .incomplete),
            ("GET /metrics HTTP/1.1\r\nHost: a\r\n \n", .incomplete),
            ("\r\n\r\n", .malformed), ("GET /metrics\r\n\r\n", .malformed), ("GET  HTTP/1.1\r\n\r\n", .malformed),
            ("GET /metrics HTTP/1.1 \r\n\r\n", .malformed), ("GET  /metrics HTTP/1.1\r\n\r\n", .malformed),
            ("GET /metrics HTTP/2.0\r\n\r\n", .malformed), ("GET /metrics HTTP/1.x\r\n\r\n", .malformed),
            ("GET /metrics HTTP/1.10\r\n\r\n", .malformed), ("GET /m\u{0} HTTP/1.1\r\n\r\n", .malformed),
            ("GET /é HTTP/1.1\r\n\r\n", .malformed), ("GET /m\rx HTTP/1.1\r\n\r\n", .malformed),
        ] as [(String, RequestHead.Outcome)])
    func outcomes(text: String, outcome: RequestHead.Outcome) {
        var head = RequestHead(limit: 1000)
        let found = head.add(text.utf8)
        #expect(found == outcome)
    }

    @Test("The outcome does not depend on where the bytes are cut")
    func cuts() {
        let bytes = Array("GET /metrics?x HTTP/1.1\r\nHost: a\r\nAccept: */*\r\n\r\n".utf8)
        for first in 0..<bytes.count {
            for second in first..<bytes.count {
                var head = RequestHead(limit: bytes.count)
                let outcomes = [bytes[..<first], bytes[first..<second], bytes[second...]].map { head.add($0) }
                #expect(
                    outcomes == [.incomplete, .incomplete, .complete(method: "GET", path: "/metrics")],
                    "cut at \(first) and \(second)")
            }
        }
    }

    @Test("It may have as many bytes as the limit, and not one more")
    func limit() {
        let bytes = Array("GET /metrics HTTP/1.1\r\n\r\n".utf8)
        var exact = RequestHead(limit: bytes.count)
        var small = RequestHead(limit: bytes.count - 1)
        let outcomes = [exact.add(bytes), small.add(bytes)]
        #expect(outcomes == [.complete(method: "GET", path: "/metrics"), .tooLarge])
    }
}
