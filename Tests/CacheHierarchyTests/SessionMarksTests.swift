import History
import Support
import Testing

@testable import CacheHierarchy

@Suite("What a worker remembers of what no layer kept")
struct SessionMarksTests {
    private func key(_ number: Int) -> NameKey { NameKey("key:\(number)") }

    @Test("A version that was given forbids the ones before it, for its key, until a layer keeps one")
    func forbids() {
        var marks = SessionMarks()
        marks.mark(5, of: key(1))
        marks.mark(4, of: key(1))
        #expect(!marks.admit(4, of: key(1)))
        #expect(marks.admit(5, of: key(1)) && marks.admit(4, of: key(2)))
        marks.kept(key(1))
        #expect(marks.admit(1, of: key(1)))
    }

    @Test("It takes no more memory for keys that were marked and kept a hundred thousand times")
    func bounded() {
        var marks = SessionMarks(capacity: 100)
        marks.mark(7, of: key(-1))
        for round in 0..<100_000 {
            marks.mark(Int64(round), of: key(round % 10))
            marks.kept(key(round % 10))
        }
        #expect(marks.noteCount <= 70)
        #expect(!marks.admit(6, of: key(-1)))
    }

    @Test("Of too many keys the ones marked first are forgotten, a later mark of the same key counting as the later")
    func forgets() {
        var marks = SessionMarks(capacity: 8)
        marks.mark(2, of: key(0))
        marks.kept(key(0))
        for number in 1...7 { marks.mark(2, of: key(number)) }
        marks.mark(2, of: key(0))
        // The ninth: the three marked first go.
        marks.mark(2, of: key(8))
        let forgotten = (0...8).filter { marks.admit(1, of: key($0)) }
        #expect(forgotten == [1, 2, 3])
    }
}
