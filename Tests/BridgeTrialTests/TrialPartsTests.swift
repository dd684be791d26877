import EventBridge
import Foundation
import RedisClient
import Scenarios
import Testing

@testable import BridgeTrial

@Suite("Parts of a trial of the event bridge")
struct TrialPartsTests {
    @Test(
        "The publishers together publish the declared events, in turns",
        arguments: [[0, 1, 2], [0], [2], [0, 2]])
    func plan(publishers: [Int]) {
        let plan = TrialPlan(
            BridgeDeclaration(instances: 3, publishers: publishers, duration: .seconds(1), rate: 1000))
        #expect((0..<3).map(plan.events).reduce(0, +) == 1000)
        let moments = (0..<3).flatMap { instance in
            (0..<plan.events(of: instance)).map { plan.moment(of: $0, instance: instance) }
        }
        #expect(moments.sorted() == (0..<1000).map { Int64($0) * 1_000_000 })
    }

    @Test("The bridge has every transport that a file can declare")
    func transports() {
        for transport in BridgeDeclaration.Transport.allCases {
            let plan = TrialPlan(BridgeDeclaration(instances: 2, transport: transport))
            #expect(plan.transport.rawValue == transport.rawValue, "\(transport)")
        }
        #expect(BridgeTransport.allCases.count == BridgeDeclaration.Transport.allCases.count)
    }

    @Test("An outage lasts until the subscription is back, and the longest counts, also a current one")
    func outages() {
        let lost = BridgeNotice.disconnected(.init(.connectionLost, "gone"))
        var outages = OutageTracker()
        #expect(outages.longest(until: 5) == 0)
        outages.take(lost, at: 10)
        outages.take(lost, at: 20)
        #expect(outages.longest(until: 25) == 15)
        outages.take(.resubscribed, at: 40)
        #expect(outages.longest(until: 1000) == 30)
        outages.take(lost, at: 100)
        outages.take(.resubscribed, at: 110)
        #expect(outages.longest(until: 1000) == 30)
        outages.take(lost, at: 200)
        #expect(outages.longest(until: 300) == 100)
    }

    @Test("The journal of an instance is read as it was written, without an incomplete line")
    func journal() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "journal-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let source = EventSource(instance: "a", firstPublished: 7)
        let lines = (1...3).map { number in
            DeliveryJournal.Line(
                position: StreamPosition(entry: StreamEntryID(milliseconds: 1, sequence: number), entriesAdded: 1),
                delivered: [DeliveredEvents(source: source, highest: number, missing: [1...1])],
                deliveries: [
                    ReceivedEvent(BridgeEvent(source: source, sequence: number, time: 10, payload: []), at: 15)
                ])
        }
        let journal = try DeliveryJournal(path: path)
        for line in lines { try journal.write(line) }
        #expect(try DeliveryJournal.lines(path: path) == lines)
        #expect(lines[2].deliveries[0].latency == 5)
        let whole = try Data(contentsOf: URL(filePath: path))
        try whole.dropLast(3).write(to: URL(filePath: path))
        #expect(try DeliveryJournal.lines(path: path) == Array(lines.prefix(2)))
    }
}
