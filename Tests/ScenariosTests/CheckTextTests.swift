import History
import Testing

@testable import Scenarios

@Suite("A check as text")
struct CheckTextTests {
    static let checks: [CheckDeclaration] =
        CheckDeclaration.Method.allCases.map { .linearizable($0) } + [
            .freshAfterInvalidation(), .sessions, .staleness(atMost: nil), .staleness(atMost: .milliseconds(100)),
            .staleness(atMost: .zero), .convergence, .tags(), .loads(), .loads(limit: 3, scope: .cluster),
            .freshAfterInvalidation(grace: .milliseconds(200)),
            .tags(grace: .zero), .tags(lifetimes: [.l2: .nanoseconds(7)], grace: .milliseconds(200)), .serialisation,
            .delivery(), .isolation,
            .delivery(inOneOrder: true), .delivery(inOneOrder: true, subscribers: [0, 2]), .delivery(subscribers: [1]),
            .expiry(tolerance: .zero, lifetimes: [.l1: .microseconds(1500), .redis: .seconds(3600)], hosts: nil),
            .expiry(tolerance: .milliseconds(3), lifetimes: [.l3: .seconds(1)], hosts: [0, 1, 0]),
            .tags(lifetimes: [.l2: .nanoseconds(7)]),
            .resources(atMost: ["connections": 200, "an index": 0], inTheEnd: [:]),
            .resources(atMost: [:], inTheEnd: ["memory": 300_000_000]),
            .connections(limit: 20),
        ]

    @Test("What it writes it reads", arguments: checks)
    func roundTrip(check: CheckDeclaration) throws {
        #expect(try CheckDeclaration(parsing: check.text, source: "test") == check)
    }

    @Test("Every word is one of these checks")
    func complete() {
        #expect(Set(Self.checks.map(\.word)) == Set(CheckDeclaration.allWords))
    }

    @Test(
        "An error is reported with what was expected",
        arguments: [
            ("linearisable", #"test: error: found "linearisable"; expected one of"#),
            (
                "expiry",
                "test: error: found expiry alone; expected expiry: { lifetimes: { L1: 60s, redis: 3600s } }"
            ),
            ("expiry: { lifetimes: { L4: 60s } }", #"test: error: expiry.lifetimes: found the unknown word "L4""#),
            ("expiry: { lifetimes: {} }", "test: error: expiry.lifetimes: found an empty mapping"),
            ("expiry: { lifetimes: { L1: 60s }, hosts: 3 }", "test: error: expiry.hosts: found \"3\""),
            ("staleness: { at-most: 100 }", #"test: error: staleness.at-most: found "100"; expected a duration"#),
            ("resources: { at-most: 3 }", "test: error: resources.at-most: found \"3\""),
            ("delivery: { order: chanel }", #"test: error: delivery.order: found "chanel""#),
            ("delivery: { subscribers: [x] }", #"test: error: delivery.subscribers: found "x""#),
            ("connections", "test: error: found connections alone; expected { limit: 20 }"),
            ("connections: { limit: 0 }", #"test: error: connections.limit: found "0"; expected a whole number"#),
            ("", "test: error: found an empty file; expected a check"),
            ("sessions: [", "test: error:"),
        ])
    func errors(text: String, message: String) {
        let error = #expect(throws: ScenarioErrors.self) { try CheckDeclaration(parsing: text, source: "test") }
        #expect(error?.description.hasPrefix(message) == true, "\(error?.description ?? "")")
    }
}
