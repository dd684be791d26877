import Testing

@testable import EventBridge
@testable import RedisClient

@Suite("The tracking of events")
struct EventTrackerTests {
    /// A tracker of a source whose numbers up to `from` are not due.
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
        "Gaps, late arrivals and duplicates are counted",
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
        var tracker = EventTracker(instance: "reader")
        tracker.subscribedSince = course.isOwedAll ? 100 : 101
        let delivered = course.numbers.filter { tracker.take(frame($0)).isDelivered }
        #expect(delivered == course.delivered)
        #expect(tracker.counts.missed == course.missed)
        #expect(tracker.counts.gaps == course.gaps)
        #expect(tracker.counts.duplicatesFiltered == course.duplicates)
    }

    @Test("A mark reveals the missing events at the end, once")
    func mark() {
        var tracker = EventTracker(instance: "reader")
        tracker.subscribedSince = 100
        #expect(tracker.take(frame(1)).isDelivered)
        #expect(tracker.take(frame(4, .mark)).missing == 2...4)
        #expect(tracker.take(frame(4, .mark)).missing == nil)
        #expect(tracker.counts.missed == 3)
        #expect(tracker.take(frame(3)).isDelivered)
        #expect(tracker.counts.missed == 2)
    }

    @Test("Two runs of an instance are tracked separately")
    func lives() {
        var tracker = EventTracker(instance: "reader")
        #expect(tracker.take(frame(1)).isDelivered)
        #expect(tracker.take(frame(1, life: 200)).isDelivered)
        #expect(tracker.counts.duplicatesFiltered == 0)
    }

    @Test("Above the limit of stored gaps the old ones stay counted and are not filled any more")
    func manyHoles() {
        var tracker = SequenceTracker(highest: 0)
        for number in 1...UInt64(SequenceTracker.mostHoles + 1) { _ = tracker.take(number * 2) }
        #expect(tracker.missing == UInt64(SequenceTracker.mostHoles + 1))
        #expect(tracker.take(1) == .duplicate)
        #expect(tracker.take(3) == .late)
        #expect(tracker.missing == UInt64(SequenceTracker.mostHoles))
    }

    @Test("A frame is read as it was written, and other bytes are refused")
    func frames() {
        let original = frame(EventFrame.lastSequence, payload: [0, 255, 10])
        let bytes = original.encoded
        #expect(EventFrame(bytes) == original)
        for length in 0..<bytes.count - 3 { #expect(EventFrame(bytes.prefix(length)) == nil) }
        #expect(EventFrame([0] + bytes.dropFirst()) == nil)
        #expect(EventFrame([bytes[0], 2] + bytes.dropFirst(2)) == nil)
    }

    @Test(
        "A position recognises changes of its stream",
        arguments: [
            // Read up to entry 5, the fifth.
            (StreamState(length: 5, entriesAdded: 5, last: id(5)), .intact, 5),
            (StreamState(length: 9, entriesAdded: 9, last: id(9)), .intact, 5),
            (StreamState(length: 4, entriesAdded: 9, last: id(9)), .intact, 5),
            (StreamState(length: 3, entriesAdded: 9, last: id(9)), .trimmed(1), 6),
            (StreamState(length: 0, entriesAdded: 9, last: id(9)), .trimmed(4), 9),
            // All entries are read, and two more were added and removed.
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
