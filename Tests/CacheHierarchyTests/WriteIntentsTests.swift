import Support
import Testing

@testable import CacheHierarchy

@Suite("Write intents and what an instance owes the others")
struct WriteIntentsTests {
    private var intents = WriteIntents(of: "i1")

    private mutating func postpone(_ keys: [String]) -> String { intents.postpone(keys: keys, tags: []).intent }

    private mutating func endsValidity(keys: [String] = [], tags: [String] = []) -> Bool {
        intents.postpone(keys: keys, tags: tags).endsValidity
    }

    @Test("Each write has an intent of its own, and so has each batch that is owed")
    mutating func names() {
        let names = [
            intents.begin(), intents.begin(), postpone(["a"]),
        ]
        #expect(names == ["i1#1", "i1#2", "i1 outbox 1"])
    }

    @Test("A hold grows old until it is renewed, and is gone with its commit")
    mutating func holds() {
        intents.committing("i1#1", key: "a", since: 10)
        intents.committing("i1#2", key: "b", since: 20)
        #expect(intents.holds(from: 10).isEmpty)
        #expect(intents.holds(from: 11).map(\.key) == ["a"])
        let isStanding = intents.renewed("i1#1", since: 30)
        #expect(isStanding && intents.holds(from: 25).map(\.key) == ["b"])
        let since = [intents.committed("i1#1"), intents.committed("i1#2"), intents.committed("i1#2")]
        #expect(since == [30, 20, nil])
        let isStandingStill = intents.renewed("i1#1", since: 40)
        #expect(!isStandingStill && intents.holds.isEmpty)
    }

    @Test("What is owed joins a batch until that is being announced; then another batch begins")
    mutating func batches() {
        let first = intents.postpone(keys: ["a"], tags: [])
        #expect(intents.postpone(keys: ["b", "a"], tags: []) == first)
        let closed = intents.close()
        #expect(closed.map(\.keys) == [["a", "b"]])
        #expect(postpone(["a"]) == "i1 outbox 2")
        intents.announced(closed[0])
        #expect(intents.batches.map(\.number) == [2] && !intents.isEmpty)
        // A batch that could not be announced is tried again, with those after it.
        let again = intents.close()
        #expect(again.map(\.number) == [2])
        intents.announced(again[0])
        #expect(intents.isEmpty)
        #expect(postpone(["a"]) == "i1 outbox 3")
    }

    @Test("Tags end the validity of the instance until every batch with tags is announced")
    mutating func tags() {
        #expect(endsValidity(keys: ["a"]) == false)
        #expect(!intents.owesTags)
        #expect(endsValidity(tags: ["t"]) == true)
        let closed = intents.close()
        #expect(endsValidity(keys: ["b"]) == true)
        #expect(intents.owesTags)
        intents.announced(closed[0])
        #expect(!intents.owesTags && !intents.isEmpty)
        #expect(endsValidity(keys: ["c"]) == false)
    }
}

@Suite("Own announcements that come back over the bus")
struct OwnEchoesTests {
    @Test("An echo after the answer is not applied again; one before it is applied then, and once")
    func order() {
        var echoes = OwnEchoes()
        echoes.appliedAfterAnswer(1)
        #expect(echoes.mustApply(1) == false)
        #expect(echoes.mustApply(2) == true)
        echoes.appliedAfterAnswer(2)
        // Both have been seen on both ways: nothing of them is remembered.
        #expect(echoes.mustApply(1) == true)
        #expect(echoes.mustApply(2) == true)
    }

    @Test("A heartbeat repeats the latest acknowledgement to each sender, by name, and repeats none twice")
    func repeated() {
        var acknowledgements = RepeatedAcknowledgements()
        acknowledgements.note(5, to: "b")
        acknowledgements.note(3, to: "a")
        acknowledgements.note(4, to: "b")
        let taken = acknowledgements.take()
        #expect(taken.map(\.sender) == ["a", "b"] && taken.map(\.time) == [3, 5])
        let rest = acknowledgements.take()
        #expect(rest.isEmpty)
    }
}
