import Testing

@testable import PrometheusMetrics

@Suite("A connection to the page")
struct PageConnectionTests {
    private let start = ContinuousClock.now
    private let limits = {
        var limits = EndpointLimits()
        limits.requestTime = .seconds(5)
        limits.answerTime = .seconds(10)
        limits.requestBytes = 100
        return limits
    }()

    private func answer(to outcome: RequestHead.Outcome) -> PageAnswer { PageAnswer(to: outcome) { "figures" } }

    private func text(_ connection: PageConnection) -> String { String(decoding: connection.unsent, as: UTF8.self) }

    @Test("It reads a request, sends the answer in parts, discards further bytes, and ends")
    func whole() {
        var isWhole = false
        var connection = PageConnection(limits: limits, now: start)
        connection.received(Array("GET /metrics HTTP/1.1\r\n".utf8), at: start, answer: answer)
        #expect(connection.action == .receive)
        connection.received(Array("\r\nGET /else".utf8), at: start, answer: answer)
        #expect(connection.action == .send)
        #expect(text(connection).hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(text(connection).hasSuffix("Content-Length: 7\r\nConnection: close\r\n\r\nfigures"))
        let count = connection.unsent.count
        isWhole = connection.sent(count - 1, at: start)
        #expect(!isWhole)
        #expect(text(connection) == "s")
        isWhole = connection.sent(1, at: start)
        #expect(isWhole)
        #expect(connection.action == .receive)
        connection.received(Array("GET /metrics HTTP/1.1\r\n\r\n".utf8), at: start, answer: answer)
        #expect(connection.action == .receive)
        connection.ended()
        #expect(connection.action == .close)
    }

    @Test("Every refusal has its status and its length, and status 405 names the allowed method")
    func refusals() {
        let statuses: [(RequestHead.Outcome, String)] = [
            (.complete(method: "POST", path: "/metrics"), "405 "),
            (.complete(method: "GET", path: "/metrics/"), "404 "),
            (.malformed, "400 "), (.tooLarge, "431 "), (.incomplete, "408 "),
        ]
        for (outcome, status) in statuses {
            let text = String(decoding: answer(to: outcome).bytes, as: UTF8.self)
            #expect(text.hasPrefix("HTTP/1.1 \(status)"), "\(outcome)")
            #expect(text.contains("\r\nAllow: GET\r\n") == (status == "405 "), "\(outcome)")
            let body = text.split(separator: "\r\n\r\n", maxSplits: 1).last ?? ""
            #expect(text.contains("\r\nContent-Length: \(body.utf8.count)\r\n"), "\(outcome)")
        }
    }

    @Test("A client has the time of its limits for the request, and then for the answer, whatever it sends")
    func times() {
        var isWhole = false
        var connection = PageConnection(limits: limits, now: start)
        for second in 1...4 {
            connection.received([UInt8(ascii: "G")], at: start + .seconds(second), answer: answer)
            connection.timePassed(until: start + .seconds(second), answer: answer)
            #expect(connection.action == .receive, "second \(second)")
        }
        connection.timePassed(until: start + .seconds(5), answer: answer)
        #expect(connection.action == .send)
        #expect(text(connection).hasPrefix("HTTP/1.1 408 "))
        for second in 6...14 {
            isWhole = connection.sent(1, at: start + .seconds(second))
            #expect(!isWhole, "second \(second)")
            connection.timePassed(until: start + .seconds(second), answer: answer)
            #expect(connection.action == .send, "second \(second)")
        }
        connection.timePassed(until: start + .seconds(15), answer: answer)
        #expect(connection.action == .close)
    }

    @Test("It discards for one second, and at most 4 MiB")
    func discarding() {
        var isWhole = false
        var connection = PageConnection(limits: limits, now: start)
        connection.received(Array(repeating: UInt8(ascii: "a"), count: 101), at: start, answer: answer)
        #expect(text(connection).hasPrefix("HTTP/1.1 431 "))
        isWhole = connection.sent(connection.unsent.count, at: start)
        #expect(isWhole)
        var late = connection
        late.timePassed(until: start + .milliseconds(999), answer: answer)
        #expect(late.action == .receive)
        late.timePassed(until: start + .seconds(1), answer: answer)
        #expect(late.action == .close)
        let part = Array(repeating: UInt8(ascii: "a"), count: 4096)
        for number in 1..<(PageConnection.discarded.bytes / part.count) {
            connection.received(part, at: start, answer: answer)
            #expect(connection.action == .receive, "part \(number)")
        }
        connection.received(part, at: start, answer: answer)
        #expect(connection.action == .close)
    }

    @Test(
        "Waits are rounded up to milliseconds, and bounded",
        arguments: [(-1, 0), (0, 0), (1, 1), (999_999, 1), (1_000_000, 1), (1_000_001, 2), (100_000_000_000, 60_000)]
            as [(Int, Int32)])
    func waits(nanoseconds: Int, milliseconds: Int32) {
        #expect(PageServer.milliseconds(from: start, to: start + .nanoseconds(nanoseconds)) == milliseconds)
    }
}
