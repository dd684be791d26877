import Testing

@testable import EventBridge
@testable import RedisClient

@Suite("The books of a subscriber")
struct LedgerTests {
    /// What comes of a source of whose first `from` numbers nothing is owed.
    struct Course: Sendable, CustomTestStringConvertible {
        var numbers: [UInt64]
        var isOwedAll = true
        var delivered: [UInt64]
        var missed: UInt64
        var gaps: UInt64
        var duplicates: UInt64
        var testDescription: String { "\(numbers)" }
    }

    @Test(
        "Holes, late arrivals and duplicates are counted",
        arguments: [
            Course(numbers: [1, 2, 3], delivered: [1, 2, 3], missed: 0, gaps: 0, duplicates: 0),
            Course(numbers: [1, 4], delivered: [1, 4], missed: 2, gaps: 1, duplicates: 0),
            Course(numbers: [3], delivered: [3], missed: 2, gaps: 1, duplicates: 0),
            Course(numbers: [3], isOwedAll: false, delivered: [3], missed: 0, gaps: 0, duplicates: 0),
            Course(numbers: [3, 2], isOwedAll: false, delivered: [3], missed: 0, gaps: 0, duplicates: 1),
            Course(numbers: [1, 1, 2, 2], delivered: [1, 2], missed: 0, gaps: 0, duplicates: 2),
            Course(numbers: [1, 5, 3, 3], delivered: [1, 5, 3], missed: 2, gaps: 1, duplicates: 1),
            Course(numbers: [5, 1, 4, 2, 3], delivered: [5, 1, 4, 2, 3], missed: 0, gaps: 1, duplicates: 0),
            Course(numbers: [2, 4, 1, 3], delivered: [2, 4, 1, 3], missed: 0, gaps: 2, duplicates: 0),
        ])
    func courses(_ course: Course) {
        var ledger = EventLedger(instance: "reader")
        ledger.subscribedSince = course.isOwedAll ? 100 : 101
        let delivered = course.numbers.filter { ledger.take(frame($0)).isDelivered }
        #expect(delivered == course.delivered)
        #expect(ledger.counts.missed == course.missed)
        #expect(ledger.counts.gaps == course.gaps)
        #expect(ledger.counts.duplicatesFiltered == course.duplicates)
    }

    @Test("A mark tells what is missing at the end, once")
    func mark() {
        var ledger = EventLedger(instance: "reader")
        ledger.subscribedSince = 100
        #expect(ledger.take(frame(1)).isDelivered)
        #expect(ledger.take(frame(4, .mark)).missing == 2...4)
        #expect(ledger.take(frame(4, .mark)).missing == nil)
        #expect(ledger.counts.missed == 3)
        #expect(ledger.take(frame(3)).isDelivered)
        #expect(ledger.counts.missed == 2)
    }

    @Test("Two lives of an instance have books of their own")
    func lives() {
        var ledger = EventLedger(instance: "reader")
        #expect(ledger.take(frame(1)).isDelivered)
        #expect(ledger.take(frame(1, life: 200)).isDelivered)
        #expect(ledger.counts.duplicatesFiltered == 0)
    }

    @Test("More holes than are remembered: old ones stay counted and are not filled any more")
    func manyHoles() {
        var ledger = SourceLedger(highest: 0)
        for number in 1...UInt64(SourceLedger.mostHoles + 1) { _ = ledger.take(number * 2) }
        #expect(ledger.missing == UInt64(SourceLedger.mostHoles + 1))
        #expect(ledger.take(1) == .duplicate)
        #expect(ledger.take(3) == .late)
        #expect(ledger.missing == UInt64(SourceLedger.mostHoles))
    }

    @Test("A frame survives the way, and what is none is refused")
    func frames() {
        let original = frame(EventFrame.lastSequence, payload: [0, 255, 10])
        let bytes = original.encoded
        #expect(EventFrame(bytes) == original)
        for length in 0..<bytes.count - 3 { #expect(EventFrame(bytes.prefix(length)) == nil) }
        #expect(EventFrame([0] + bytes.dropFirst()) == nil)
        #expect(EventFrame([bytes[0], 2] + bytes.dropFirst(2)) == nil)
    }

    @Test(
        "A position knows what became of its stream",
        arguments: [
            // Read up to entry 5, which was the fifth.
            (StreamState(length: 5, entriesAdded: 5, last: id(5)), .intact, 5),
            (StreamState(length: 9, entriesAdded: 9, last: id(9)), .intact, 5),
            (StreamState(length: 4, entriesAdded: 9, last: id(9)), .intact, 5),
            (StreamState(length: 3, entriesAdded: 9, last: id(9)), .trimmed(1), 6),
            (StreamState(length: 0, entriesAdded: 9, last: id(9)), .trimmed(4), 9),
            // Everything is read, and yet there were two more.
            (StreamState(length: 7, entriesAdded: 7, last: id(5)), .trimmed(2), 7),
            (StreamState.none, .replaced, 0),
            (StreamState(length: 2, entriesAdded: 2, last: id(9)), .replaced, 0),
        ] as [(StreamState, StreamPosition.Comparison, Int)])
    func positions(stream: StreamState, expected: StreamPosition.Comparison, entriesAdded: Int) {
        var position = StreamPosition(entry: Self.id(5), entriesAdded: 5)
        #expect(position.catchUp(with: stream) == expected)
        #expect(position.entriesAdded == entriesAdded)
    }

    @Test("Identifiers of entries are compared as numbers")
    func identifiers() {
        #expect(StreamEntryID("9-2")! < StreamEntryID("10-1")!)
        #expect(StreamEntryID("9-2")! < StreamEntryID("9-10")!)
        #expect(StreamEntryID("1700000000000-3")?.description == "1700000000000-3")
        for text in ["", "1", "1-", "-1", "1-2-3", "a-b"] { #expect(StreamEntryID(text) == nil) }
    }

    private static func id(_ number: UInt64) -> StreamEntryID { StreamEntryID(milliseconds: number, sequence: 0) }

    private func frame(
        _ sequence: UInt64, _ kind: EventFrame.Kind = .event, life: Int64 = 100, payload: [UInt8] = []
    ) -> EventFrame {
        EventFrame(
            kind: kind,
            event: BridgeEvent(
                source: EventSource(instance: "publisher", firstPublished: life), sequence: sequence, time: 5,
                payload: payload))
    }
}
